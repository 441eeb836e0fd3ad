package dev.asyncloop.http;

import org.jspecify.annotations.Nullable;

/**
 * The connection could not be secured. The {@link #problem()} says why, as far as that can be told.
 */
public final class TlsFailedException extends ConnectFailedException {

    private static final long serialVersionUID = 1L;

    private final Problem problem;

    TlsFailedException(Problem problem, String what, Attempt attempt, @Nullable Throwable cause) {
        super(what, attempt, cause);
        this.problem = problem;
    }

    /** Returns what is wrong. */
    public Problem problem() {
        return problem;
    }

    /** Why a connection could not be secured. */
    public enum Problem {
        /** The server's certificate is signed by nobody who is trusted. */
        UNKNOWN_AUTHORITY("the server's certificate is signed by no authority that is trusted; give `TlsOptions` trust"
                + " managers that know it"),
        /** The server's certificate is not valid any more, or not yet. */
        EXPIRED(
                "the server's certificate has expired or is not valid yet; it has to be renewed, or this machine's clock"
                        + " set"),
        /** The server's certificate is for another host. */
        WRONG_HOST("the server's certificate is for another host; use the name it is for"),
        /** The server wants a certificate of the client, and got none or one that it does not accept. */
        CLIENT_CERTIFICATE(
                "the server does not accept this client without a certificate it trusts; give `TlsOptions` key"
                        + " managers that have one"),
        /** The two have no protocol or cipher suite in common. */
        NOTHING_IN_COMMON("client and server have no TLS version or cipher suite in common; look at `protocols` and"
                + " `ciphers` of `TlsOptions`"),
        /** What came is no TLS. */
        NO_TLS("this port does not speak TLS; use http:// or another port"),
        /** Something else; the cause has more. */
        OTHER("check the certificates and keys of both sides, and what TLS versions and cipher suites they have");

        private final String wayOut;

        Problem(String wayOut) {
            this.wayOut = wayOut;
        }

        String wayOut() {
            return wayOut;
        }
    }
}
