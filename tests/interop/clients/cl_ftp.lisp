; packages: cl-ftp
; heavy
(require :asdf)
(handler-bind ((warning #'muffle-warning)) (let ((*standard-output* (make-broadcast-stream))) (asdf:load-system :ftp)))
(destructuring-bind (operation host port user password remote local) (rest sb-ext:*posix-argv*)
  (org.mapcar.ftp.client:with-ftp-connection
      (ftp :hostname host :port (parse-integer port) :username user :password password :passive-ftp-p t)
    (cond ((string= operation "list") (org.mapcar.ftp.client:send-nlst-command ftp *standard-output* remote))
          ((string= operation "get")
           (org.mapcar.ftp.client:retrieve-file ftp remote local :type :binary :if-exists :supersede))
          ((string= operation "put") (org.mapcar.ftp.client:store-file ftp local remote :type :binary))
          (t (sb-ext:exit :code 64 :abort t)))))
