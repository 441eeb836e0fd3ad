package dev.asyncloop.http;

import dev.asyncloop.net.ProxyOptions;
import io.netty.handler.proxy.ProxyConnectException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What fails at the proxy, and not at the server behind it. */
final class ProxyFailures {

    static final int AUTHENTICATION_REQUIRED = 407;

    private static final Pattern STATUS = Pattern.compile("status: (\\d{3})");

    private ProxyFailures() {}

    /** Returns whether a URL is fetched through a proxy. */
    static boolean isProxied(URI uri, HttpClientOptions options) {
        ProxyOptions proxy = options.connection().proxy();
        return proxy != null && proxy.isFor(String.valueOf(uri.getHost()));
    }

    /** Returns whether the proxy reads requests to a URL, and so may answer them itself. */
    static boolean isForwarded(URI uri, HttpClientOptions options) {
        ProxyOptions proxy = options.connection().proxy();
        return proxy != null
                && proxy.type() == ProxyOptions.Type.HTTP
                && "http".equalsIgnoreCase(uri.getScheme())
                && isProxied(uri, options);
    }

    static @Nullable ProxyFailedException of(
            Throwable failure, FetchException.Attempt attempt, HttpClientOptions options) {
        String proxy = "the " + options.connection().proxy();
        return switch (atTheBottom(failure)) {
            case ProxyConnectException refused -> refused(refused, attempt, options);
            case UnknownHostException unknown ->
                new ProxyFailedException(
                        0,
                        proxy + " was not found (" + FetchFailures.describe(unknown)
                                + "); check its host name and the DNS server",
                        attempt,
                        unknown);
            case ConnectException unreachable ->
                new ProxyFailedException(
                        0,
                        proxy + " was not reached (" + FetchFailures.describe(unreachable)
                                + "); check its host and port, and that it runs",
                        attempt,
                        unreachable);
            default -> null;
        };
    }

    /** What has failed at the proxy ends the TLS handshake that waits for it, and is the cause of that failure. */
    private static Throwable atTheBottom(Throwable failure) {
        return failure instanceof SSLException && failure.getCause() instanceof ConnectException cause
                ? cause
                : failure;
    }

    private static ProxyFailedException refused(
            ProxyConnectException failure, FetchException.Attempt attempt, HttpClientOptions options) {
        Matcher matcher = STATUS.matcher(FetchFailures.describe(failure));
        int status = matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
        return status == AUTHENTICATION_REQUIRED
                ? authentication(attempt, options, failure)
                : new ProxyFailedException(
                        status,
                        "the " + options.connection().proxy() + " made no connection ("
                                + FetchFailures.describe(failure) + "); check that it may and can reach the server",
                        attempt,
                        failure);
    }

    static ProxyFailedException authentication(
            FetchException.Attempt attempt, HttpClientOptions options, @Nullable Throwable cause) {
        return new ProxyFailedException(
                AUTHENTICATION_REQUIRED,
                "the " + options.connection().proxy()
                        + " wants other credentials (status 407); give them with ProxyOptions.withCredentials",
                attempt,
                cause);
    }
}
