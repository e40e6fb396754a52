// packages: default-jdk-headless libcommons-net-java
// heavy
// tls
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.commons.net.ftp.FTPSClient;
import org.apache.commons.net.util.TrustManagerUtils;

class Main {
  public static void main(String[] a) throws Exception {
    boolean tls = System.getenv("TLS") != null;
    var ftp = tls ? new FTPSClient(false) : new FTPClient();
    if (ftp instanceof FTPSClient secured) secured.setTrustManager(TrustManagerUtils.getAcceptAllTrustManager());
    ftp.connect(a[1], Integer.parseInt(a[2]));
    if (ftp instanceof FTPSClient secured) {
      secured.execPBSZ(0);
      secured.execPROT("P");
    }
    boolean done = ftp.login(a[3], a[4]) && ftp.setFileType(FTP.BINARY_FILE_TYPE);
    ftp.enterLocalPassiveMode();
    switch (a[0]) {
      case "list" -> {
        for (var file : ftp.listFiles(a[5])) System.out.println(file.getName());
      }
      case "get", "reget" -> {
        if (a[0].equals("reget")) ftp.setRestartOffset(Files.size(Path.of(a[6])));
        try (var out = new FileOutputStream(a[6], a[0].equals("reget"))) {
          done &= ftp.retrieveFile(a[5], out);
        }
      }
      default -> {
        try (var in = new FileInputStream(a[6])) {
          if (a[0].equals("reput")) {
            long begun = Long.parseLong(ftp.getSize(a[5]));
            ftp.setRestartOffset(begun);
            in.skip(begun);
          }
          done &= ftp.storeFile(a[5], in);
        }
      }
    }
    ftp.logout();
    System.exit(done ? 0 : 1);
  }
}
