# packages: r-base-core
# heavy
arguments <- commandArgs(trailingOnly = TRUE)
operation <- arguments[1]
url <- sprintf("ftp://%s:%s@%s:%s/%s", arguments[4], arguments[5], arguments[2], arguments[3], URLencode(arguments[6]))
if (operation == "list") {
  writeLines(readLines(base::url(paste0(url, "/"))))
} else if (operation == "get") {
  quit(status = download.file(url, arguments[7], quiet = TRUE, mode = "wb"))
} else {
  quit(status = 64)
}
