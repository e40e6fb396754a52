# What the server says to clients of sslh goes back to sslh, not out: run once at each start, as root.
ip rule add fwmark 1 lookup 100
ip route add local 0.0.0.0/0 dev lo table 100
nft -f - <<END
table ip sslh {
  chain output {
    type route hook output priority mangle;
    oif != "lo" tcp sport { 22, 990, 2121 } meta mark set 1
  }
}
END
