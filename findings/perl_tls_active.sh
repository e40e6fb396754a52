#!/bin/sh
# Perl's Net::FTP 3.14 (Perl 5.36, IO::Socket::SSL 2.081, Debian 12): its data connections resume the TLS session of the
# control connection when they are active, and never when they are passive, though its source says "reuse SSL session" for
# both. Debian's libnet.cfg makes it active; upstream's default is passive.
# Done, with vsftpd 3.0.3 and require_ssl_reuse=YES: ls() both ways. A good guess: both, or neither. Seen:
#   active: file
#   passive: 522 SSL connection failed: session reuse required
. "$(dirname "$0")/lib.sh"
from_debian vsftpd=3.0.3-13+b2 libwrap0=7.6.q-32 libio-socket-ssl-perl=2.081-2 libnet-ssleay-perl=1.92-2+b1
mkdir site empty
echo text >site/file
chmod 555 site
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout key.pem -out cert.pem 2>/dev/null
cat >conf <<END
listen=YES
listen_address=127.0.0.1
listen_port=40132
background=NO
run_as_launching_user=YES
seccomp_sandbox=NO
anonymous_enable=YES
anon_world_readable_only=NO
ftp_username=$(id -un)
anon_root=$work/site
secure_chroot_dir=$work/empty
ssl_enable=YES
allow_anon_ssl=YES
require_ssl_reuse=YES
ssl_ciphers=HIGH
rsa_cert_file=$work/cert.pem
rsa_private_key_file=$work/key.pem
port_enable=YES
connect_from_port_20=NO
END
start 40132 vsftpd conf
cat >list.pl <<'END'
use strict;
use Net::FTP;
my $ftp = Net::FTP->new('127.0.0.1', Port => 40132, Timeout => 20, Passive => $ARGV[0], SSL_verify_mode => 0) or die $@;
$ftp->starttls() && $ftp->login('anonymous', 'me@') or die $ftp->message;
my @names = $ftp->ls();
print $ftp->ok() ? "@names" : $ftp->code . ' ' . $ftp->message;
END
lists() { PERL5LIB="$work/debian/usr/share/perl5:$(echo "$work"/debian/usr/lib/*/perl5/5.*)" /usr/bin/perl list.pl "$1"; }
seen active "$(lists 0)" file
seen passive "$(lists 1 | head -1)" \
  '522 SSL connection failed: session reuse required'
