# packages: python3-gdal
# heavy
python3=/usr/bin/python3
url=/vsicurl/ftp://$4:$5@$2:$3/$(echo "$6" | sed 's/ /%20/g')
case $1 in
  list) $python3 -W ignore -c 'import sys; from osgeo import gdal; print(*(gdal.ReadDir(sys.argv[1]) or sys.exit(1)), sep="\n")' "$url" ;;
  get) $python3 -W ignore -c 'import sys; from osgeo import gdal
file = gdal.VSIFOpenL(sys.argv[1], "rb") or sys.exit(1)
open(sys.argv[2], "wb").write(gdal.VSIFReadL(1, 10**7, file) or b"")' "$url" "$7" ;;
  *) exit 64 ;;
esac
