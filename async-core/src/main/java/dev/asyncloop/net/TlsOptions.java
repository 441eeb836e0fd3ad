package dev.asyncloop.net;

import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * How a client secures its connections; immutable. Start from {@link #defaults()} and replace what differs. Tornado's
 * {@code ssl_options}, {@code ca_certs}, {@code client_cert} and {@code client_key}.
 *
 * @param keyManagers have the client's own certificate, for servers that ask for one; without them there is none
 * @param trustManagers know the authorities that may have signed a server's certificate; without them those of the JVM
 * @param protocols such as {@code TLSv1.3}; if empty those of the JVM
 * @param ciphers cipher suites; if empty those of the JVM
 * @param verification what of the server's certificate is verified
 */
public record TlsOptions(
        @Nullable KeyManagerFactory keyManagers,
        @Nullable TrustManagerFactory trustManagers,
        List<String> protocols,
        List<String> ciphers,
        TlsVerification verification) {

    private static final TlsOptions DEFAULTS = new TlsOptions(null, null, List.of(), List.of(), TlsVerification.FULL);

    public TlsOptions {
        protocols = List.copyOf(protocols);
        ciphers = List.copyOf(ciphers);
    }

    /** Returns the defaults: what the JVM trusts and offers, everything verified. */
    public static TlsOptions defaults() {
        return DEFAULTS;
    }

    /** Returns these options with other {@code keyManagers}. */
    public TlsOptions withKeyManagers(@Nullable KeyManagerFactory keyManagers) {
        return new TlsOptions(keyManagers, trustManagers, protocols, ciphers, verification);
    }

    /** Returns these options with other {@code trustManagers}. */
    public TlsOptions withTrustManagers(@Nullable TrustManagerFactory trustManagers) {
        return new TlsOptions(keyManagers, trustManagers, protocols, ciphers, verification);
    }

    /** Returns these options with other {@code protocols}. */
    public TlsOptions withProtocols(List<String> protocols) {
        return new TlsOptions(keyManagers, trustManagers, protocols, ciphers, verification);
    }

    /** Returns these options with other {@code ciphers}. */
    public TlsOptions withCiphers(List<String> ciphers) {
        return new TlsOptions(keyManagers, trustManagers, protocols, ciphers, verification);
    }

    /** Returns these options with another {@code verification}. */
    public TlsOptions withVerification(TlsVerification verification) {
        return new TlsOptions(keyManagers, trustManagers, protocols, ciphers, verification);
    }
}
