package dev.asyncloop.spring.autoconfigure;

import static dev.asyncloop.spring.autoconfigure.PropertyOptions.with;

import dev.asyncloop.http.HttpClientOptions;
import dev.asyncloop.http.RetryPolicy;
import dev.asyncloop.net.ConnectionOptions;
import dev.asyncloop.net.ProxyOptions;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Turns properties into options of the HTTP client; what can't be names the property and its value. */
final class HttpClientPropertyOptions {

    private static final String PREFIX = "ioloop.http-client.";

    private HttpClientPropertyOptions() {}

    static HttpClientOptions of(AsyncHttpClientProperties from) {
        HttpClientOptions to = HttpClientOptions.defaults();
        to = with(to, PREFIX + "max-total", from.getMaxTotal(), HttpClientOptions::withMaxTotal);
        to = with(to, PREFIX + "max-per-origin", from.getMaxPerOrigin(), HttpClientOptions::withMaxPerOrigin);
        to = with(to, PREFIX + "max-queued", from.getMaxQueued(), HttpClientOptions::withMaxQueued);
        to = with(to, PREFIX + "timeout", from.getTimeout(), HttpClientOptions::withTimeout);
        to = with(to, PREFIX + "queue-timeout", from.getQueueTimeout(), HttpClientOptions::withQueueTimeout);
        to = with(to, PREFIX + "max-redirects", from.getMaxRedirects(), HttpClientOptions::withMaxRedirects);
        to = with(to, PREFIX + "max-body-size", from.getMaxBodySize().toBytes(), HttpClientOptions::withMaxBodySize);
        to = with(
                to,
                PREFIX + "max-header-size",
                from.getMaxHeaderSize(),
                (options, size) -> options.withMaxHeaderSize(Math.toIntExact(size.toBytes())));
        to = with(to, PREFIX + "max-header-count", from.getMaxHeaderCount(), HttpClientOptions::withMaxHeaderCount);
        to = with(to, PREFIX + "user-agent", from.getUserAgent(), HttpClientOptions::withUserAgent);
        to = with(to, PREFIX + "base-url", from.getBaseUrl(), HttpClientOptions::withBaseUrl);
        to = to.withRetry(retry(from.getRetry()));
        return to.withConnection(connection(from));
    }

    private static @Nullable RetryPolicy retry(AsyncHttpClientProperties.Retry from) {
        String prefix = PREFIX + "retry.";
        RetryPolicy to = RetryPolicy.defaults();
        to = with(to, prefix + "max-attempts", from.getMaxAttempts(), RetryPolicy::withMaxAttempts);
        to = with(
                to, prefix + "delay", from.getDelay(), (policy, delay) -> policy.withDelay(delay, from.getMaxDelay()));
        to = with(to, prefix + "max-retry-after", from.getMaxRetryAfter(), RetryPolicy::withMaxRetryAfter);
        to = with(to, prefix + "attempt-timeout", from.getAttemptTimeout(), RetryPolicy::withAttemptTimeout);
        return to.maxAttempts() > 1 || to.attemptTimeout() != null ? to : null;
    }

    private static ConnectionOptions connection(AsyncHttpClientProperties from) {
        ConnectionOptions to = ConnectionOptions.defaults();
        to = with(to, PREFIX + "versions", from.getVersions(), ConnectionOptions::withVersions);
        to = with(to, PREFIX + "max-idle-time", from.getMaxIdleTime(), ConnectionOptions::withMaxIdleTime);
        to = with(to, PREFIX + "max-life-time", from.getMaxLifeTime(), ConnectionOptions::withMaxLifeTime);
        AsyncHttpClientProperties.Proxy proxy = from.getProxy();
        String host = proxy.getHost();
        return host == null ? to : to.withProxy(proxy(proxy, host));
    }

    private static ProxyOptions proxy(AsyncHttpClientProperties.Proxy from, String host) {
        try {
            ProxyOptions to = from.getType() == ProxyOptions.Type.SOCKS5
                    ? ProxyOptions.socks5(host, from.getPort())
                    : ProxyOptions.http(host, from.getPort());
            String user = from.getUser();
            String password = from.getPassword();
            if (user != null && password != null) {
                to = to.withCredentials(user, password);
            } else if (user != null || password != null) {
                throw new InvalidConfigurationPropertyValueException(
                        PREFIX + "proxy." + (user != null ? "user" : "password"),
                        user != null ? user : "******",
                        "`" + PREFIX + "proxy.user` and `password` go together, and one of them is missing");
            }
            return to.withNoProxy(from.getNoProxy().toArray(String[]::new))
                    .withFiltersAddresses(from.isFiltersAddresses());
        } catch (IllegalArgumentException ex) {
            throw new InvalidConfigurationPropertyValueException(
                    PREFIX + "proxy.host", host + ":" + from.getPort(), String.valueOf(ex.getMessage()));
        }
    }
}
