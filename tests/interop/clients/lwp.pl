# packages: libwww-perl
use strict;
use LWP::UserAgent;
my ($operation, $host, $port, $user, $password, $remote, $local) = @ARGV;
exit 64 if $operation =~ /^re/;
$remote =~ s/ /%20/g;
my $url = "ftp://$user:$password\@$host:$port/$remote";
my $agent = LWP::UserAgent->new(timeout => 20);
my $answer;
if ($operation eq 'put') {
  open my $file, '<:raw', $local or die;
  $answer = $agent->put($url, Content => do { local $/; <$file> // '' });
} else {
  $answer = $agent->get($url, $operation eq 'get' ? (':content_file' => $local) : ());
  print $answer->decoded_content if $operation eq 'list';
}
die $answer->status_line unless $answer->is_success;
