# packages: ruby
# tls
require "net/ftp"
operation, host, port, user, password, remote, local = ARGV
tls = ENV["TLS"] ? { verify_mode: OpenSSL::SSL::VERIFY_NONE } : false
ftp = Net::FTP.new(nil, ssl: tls)
ftp.connect(host, port.to_i)
ftp.login(user, password)
ftp.resume = operation.start_with?("re")
case operation
when "list" then puts ftp.nlst(remote)
when "get", "reget" then ftp.getbinaryfile(remote, local)
when "put", "reput" then ftp.putbinaryfile(local, remote)
end
ftp.quit
