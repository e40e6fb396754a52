# packages: perl libio-socket-ssl-perl
# tls
use strict;
use Net::FTP;
my ($operation, $host, $port, $user, $password, $remote, $local) = @ARGV;
my $ftp = Net::FTP->new($host, Port => $port, Timeout => 20, SSL_verify_mode => 0) or die $@;
!$ENV{TLS} or $ftp->starttls() or die $ftp->message;
$ftp->login($user, $password) && $ftp->binary() or die $ftp->message;
my $done;
if ($operation eq 'list') {
  my @names = $ftp->ls($remote);
  $done = $ftp->ok();
  print "$_\n" for @names;
}
$done = $ftp->get($remote, $local) if $operation eq 'get';
$done = $ftp->put($local, $remote) if $operation eq 'put';
$done = $ftp->get($remote, $local, -s $local) if $operation eq 'reget';
exit 64 if $operation eq 'reput';
$ftp->quit;
exit($done ? 0 : 1);
