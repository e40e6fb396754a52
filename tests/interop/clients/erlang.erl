%% packages: erlang-ftp
%% heavy
main([Operation, Host, Port, User, Password, Remote, Local]) ->
    application:ensure_all_started(ftp),
    {ok, Ftp} = ftp:open(Host, [{port, list_to_integer(Port)}, {mode, passive}, {timeout, 20000}]),
    ok = ftp:user(Ftp, User, Password),
    ok = ftp:type(Ftp, binary),
    case Operation of
        "list" -> {ok, Names} = ftp:nlist(Ftp, Remote), io:put_chars(Names);
        "get" -> ok = ftp:recv(Ftp, Remote, Local);
        "put" -> ok = ftp:send(Ftp, Local, Remote);
        _ -> halt(64)
    end,
    ftp:close(Ftp).
