package dev.asyncloop.spring.http;

import dev.asyncloop.http.HttpClientOptions;
import dev.asyncloop.net.ConnectionOptions;
import dev.asyncloop.net.TlsOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslOptions;

/** What Spring Boot's {@code spring.http.clients.*} mean for an {@link dev.asyncloop.http.AsyncHttpClient}. */
public final class HttpSettings {

    private HttpSettings() {}

    /**
     * Returns the options with what the settings say in place of what they said.
     * @throws IllegalStateException if the settings ask for cookies to be kept, which this client does not do
     */
    public static HttpClientOptions apply(HttpClientSettings settings, HttpClientOptions options) {
        if (settings.cookieHandling() == HttpCookieHandling.ENABLE) {
            throw new IllegalStateException("AsyncHttpClient keeps no cookies, but the settings of HTTP clients ask for"
                    + " it; set `spring.http.clients.cookie-handling` to `disable`, and send with a request the cookies"
                    + " it needs");
        }
        HttpClientOptions applied = options;
        if (settings.connectTimeout() != null) {
            applied = applied.withConnectTimeout(settings.connectTimeout());
        }
        if (settings.readTimeout() != null) {
            applied = applied.withReadTimeout(settings.readTimeout());
        }
        if (settings.redirects() != null) {
            applied = applied.withFollowRedirects(settings.redirects() != HttpRedirects.DONT_FOLLOW);
        }
        return applied.withConnection(connection -> apply(settings, connection));
    }

    private static ConnectionOptions apply(HttpClientSettings settings, ConnectionOptions connection) {
        ConnectionOptions applied = connection;
        SslBundle bundle = settings.sslBundle();
        if (bundle != null) {
            applied = applied.withTls(tls(bundle));
        }
        InetAddressFilter filter = settings.inetAddressFilter();
        if (filter != null) {
            applied = applied.withAddressFilter(filter::matches);
        }
        return applied;
    }

    /** Returns what a bundle says: its certificates and authorities, its protocols and ciphers. */
    public static TlsOptions tls(SslBundle bundle) {
        SslOptions options = bundle.getOptions();
        return TlsOptions.defaults()
                .withKeyManagers(bundle.getManagers().getKeyManagerFactory())
                .withTrustManagers(bundle.getManagers().getTrustManagerFactory())
                .withProtocols(listOf(options.getEnabledProtocols()))
                .withCiphers(listOf(options.getCiphers()));
    }

    private static List<String> listOf(String @Nullable [] values) {
        return values == null ? List.of() : List.of(values);
    }
}
