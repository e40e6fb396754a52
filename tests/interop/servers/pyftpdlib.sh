# packages: python3-pyftpdlib
exec /usr/bin/python3 -W ignore -m pyftpdlib -i 127.0.0.1 -p "$1" -w -d "$2" -u tester -P secret
