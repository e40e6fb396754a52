% packages: octave
% heavy
arguments = argv();
[operation, host, port, user, password, remote, local] = deal(arguments{:});
if strncmp(operation, "re", 2)
  exit(64);
endif
session = ftp([host ":" port], user, password);
binary(session);
[folder, name, extension] = fileparts(remote);
name = [name extension];
if strcmp(operation, "list")
  cd(session, remote);
  names = dir(session);
  printf("%s\n", names.name);
else
  cd(session, folder);
  mkdir("into");
  if strcmp(operation, "get")
    mget(session, name, "into");
    rename(fullfile("into", name), local);
  else
    copyfile(local, fullfile("into", name));
    cd("into");
    mput(session, name);
  endif
endif
close(session);
