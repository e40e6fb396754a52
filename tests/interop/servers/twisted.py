# packages: python3-twisted
import sys

from twisted.cred import checkers, credentials, portal
from twisted.internet import reactor
from twisted.protocols import ftp
from zope.interface import implementer

port, root, own = sys.argv[1:]


@implementer(checkers.ICredentialsChecker)
class Tester:
    credentialInterfaces = (credentials.IUsernamePassword,)

    def requestAvatarId(self, said):
        return "tester" if (said.username, said.password) == ("tester", "secret") else checkers.ANONYMOUS


class Realm(ftp.BaseFTPRealm):
    def __init__(self):
        super().__init__(root)

    def getHomeDirectory(self, name):
        return ftp.filepath.FilePath(root)


reactor.listenTCP(int(port), ftp.FTPFactory(portal.Portal(Realm(), [Tester()])), interface="127.0.0.1")
reactor.run()
