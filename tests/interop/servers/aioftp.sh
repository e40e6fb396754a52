# packages: python3-aioftp
exec /usr/bin/python3 -W ignore -m aioftp --host 127.0.0.1 --port "$1" --family ipv4 --user tester --pass secret -d "$2" -q
