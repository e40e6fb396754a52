# packages: tcllib tcl
package require ftp
lassign $argv operation host port user password remote local
set session [ftp::Open $host $user $password -port $port -mode passive -timeout 20]
if {$session < 0} {exit 1}
ftp::Type $session binary
switch $operation {
  list {puts [join [ftp::NList $session $remote] \n]; set done 1}
  get {set done [ftp::Get $session $remote $local]}
  put {set done [ftp::Put $session $local $remote]}
  reget {set done [ftp::Reget $session $remote $local]}
  reput {exit 64}
}
ftp::Close $session
exit [expr {!$done}]
