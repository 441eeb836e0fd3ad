package dev.asyncloop.net;

/**
 * What of a server's certificate is verified. Tornado's {@code validate_cert}.
 */
public enum TlsVerification {
    /** That a trusted authority has signed it, that it is valid now, and that it is for this host. The default. */
    FULL,
    /** Not that it is for this host: whoever has <em>any</em> certificate of a trusted authority can pose as the server. */
    INSECURE_ANY_HOST,
    /** Nothing: anybody can pose as the server and read and change everything. {@code validate_cert=False}. */
    INSECURE_NOTHING
}
