%% packages: erlang-ftp
%% heavy
%% tls
main([Operation, Host, Port, User, Password, Remote, Local]) ->
    application:ensure_all_started(ftp),
    {ok, Ftp} = ftp:open(Host, [{port, list_to_integer(Port)}, {mode, passive}, {timeout, 20000}] ++ tls(os:getenv("TLS"))),
    ok = ftp:user(Ftp, User, Password),
    ok = ftp:type(Ftp, binary),
    case Operation of
        "list" -> {ok, Names} = ftp:nlist(Ftp, Remote), io:put_chars(Names);
        "get" -> ok = ftp:recv(Ftp, Remote, Local);
        "put" -> ok = ftp:send(Ftp, Local, Remote);
        _ -> halt(64)
    end,
    ftp:close(Ftp).

tls(false) -> [];
tls(_) -> [{tls, [{verify, verify_none}, {reuse_sessions, true}]}, {tls_sec_method, ftpes}, {tls_ctrl_session_reuse, true}].
