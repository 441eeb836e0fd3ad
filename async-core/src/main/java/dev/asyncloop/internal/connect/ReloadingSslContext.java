package dev.asyncloop.internal.connect;

import dev.asyncloop.net.TlsOptions;
import dev.asyncloop.net.TlsVerification;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Secures each new connection as the options say at that moment, so that certificates can be replaced while the
 * application runs. Only on the event loop.
 */
final class ReloadingSslContext extends SslContext {

    private static final Logger log = LoggerFactory.getLogger(ReloadingSslContext.class);

    private final Supplier<TlsOptions> source;

    private final boolean offersHttp2;

    private @Nullable TlsOptions used;

    private @Nullable SslContext current;

    ReloadingSslContext(Supplier<TlsOptions> source, boolean offersHttp2) {
        this.source = source;
        this.offersHttp2 = offersHttp2;
    }

    private SslContext current() {
        TlsOptions options = source.get();
        SslContext context = current;
        if (context == null || !options.equals(used)) {
            context = make(options);
            current = context;
            used = options;
        }
        return context;
    }

    private SslContext make(TlsOptions options) {
        if (options.verification() != TlsVerification.FULL) {
            log.warn("TLS connections are made with {}: they are not safe from others", options.verification());
        }
        SslContextBuilder builder = SslContextBuilder.forClient()
                .keyManager(options.keyManagers())
                .trustManager(
                        options.verification() == TlsVerification.INSECURE_NOTHING
                                ? InsecureTrustManagerFactory.INSTANCE
                                : options.trustManagers());
        if (!options.protocols().isEmpty()) {
            builder.protocols(options.protocols());
        }
        if (!options.ciphers().isEmpty()) {
            builder.ciphers(options.ciphers());
        }
        if (offersHttp2) {
            builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2,
                    ApplicationProtocolNames.HTTP_1_1));
        }
        try {
            return builder.build();
        } catch (SSLException ex) {
            throw new IllegalArgumentException("TLS can't be set up as " + options + ": " + ex.getMessage(), ex);
        }
    }

    /** Called for each new connection, after {@link #newEngine}. */
    void configure(SslHandler handler) {
        TlsOptions options = used;
        if (options != null && options.verification() != TlsVerification.FULL) {
            SSLParameters parameters = handler.engine().getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm(""); // null would change nothing
            handler.engine().setSSLParameters(parameters);
        }
    }

    @Override
    public boolean isClient() {
        return true;
    }

    @Override
    public List<String> cipherSuites() {
        return current().cipherSuites();
    }

    @Override
    @SuppressWarnings("deprecation") // what has to be implemented has a deprecated type
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
        return current().applicationProtocolNegotiator();
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator) {
        return current().newEngine(allocator);
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
        return current().newEngine(allocator, peerHost, peerPort);
    }

    @Override
    public SSLSessionContext sessionContext() {
        return current().sessionContext();
    }
}
