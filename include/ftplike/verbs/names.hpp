#pragma once
// The names of all verbs of standard FTP, which are enough for a table that is not yet looked at.

namespace ftplike::inline v0_2 {

template <class... Commands> class CommandTable;

namespace verbs {

// access.hpp
struct User;
struct Pass;
struct Acct;
struct Rein;
struct Quit;
struct Noop;
struct Host;
struct Clnt;

// files.hpp
struct Pwd;
struct Cwd;
struct Cdup;
struct Mkd;
struct Rmd;
struct Dele;
struct Rnfr;
struct Rnto;
struct Size;
struct Mdtm;
struct Mfmt;
struct Mff;
struct Avbl;
struct Comb;
struct Xpwd;
struct Xcwd;
struct Xcup;
struct Xmkd;
struct Xrmd;
struct SiteChmod;
struct SiteUtime;
template <class Inner> struct BasicSite;
using Site = BasicSite<CommandTable<SiteChmod, SiteUtime>>;

// information.hpp
struct Syst;
struct Feat;
struct Help;
struct Stat;

// listing.hpp
struct List;
struct Nlst;
struct Mlsd;
struct Mlst;

// parameters.hpp
struct Type;
struct Stru;
struct Mode;
struct Rest;
struct Rang;
struct Allo;
struct OptsUtf8;
struct OptsMlst;
struct OptsMode;
struct Utf8;
struct Lang;
template <class Inner> struct BasicOpts;
using Opts = BasicOpts<CommandTable<OptsUtf8, OptsMlst, OptsMode>>;

// transfer.hpp
struct Retr;
struct Stor;
struct Appe;
struct Stou;
struct Abor;

}  // namespace verbs
}  // namespace ftplike
