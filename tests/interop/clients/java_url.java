// packages: default-jdk-headless
// heavy
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

class Main {
  public static void main(String[] a) throws Exception {
    var url = new URL("ftp://" + a[3] + ":" + a[4] + "@" + a[1] + ":" + a[2] + "/" + a[5].replace(" ", "%20") + ";type=i");
    switch (a[0]) {
      case "list" -> new URL(url.toString().replace(";type=i", ";type=d")).openStream().transferTo(System.out);
      case "get" -> {
        try (InputStream in = url.openStream()) {
          Files.copy(in, Path.of(a[6]), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      case "put" -> {
        var connection = url.openConnection();
        connection.setDoOutput(true);
        try (OutputStream out = connection.getOutputStream()) {
          Files.copy(Path.of(a[6]), out);
        }
      }
      default -> System.exit(64);
    }
  }
}
