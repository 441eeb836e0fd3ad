package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.net.HttpVersions;
import dev.asyncloop.net.ProxyOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * Properties of the HTTP client, beyond what Boot has for every client ({@code spring.http.clients.*}: connect and read
 * timeout, redirects, SSL bundle).
 */
@ConfigurationProperties("ioloop.http-client")
public class AsyncHttpClientProperties {

    /** Most requests at a time. */
    private int maxTotal = 1_000;

    /** Most requests at a time to one scheme, host and port. */
    private int maxPerOrigin = 100;

    /** Most requests that wait; one more fails. */
    private int maxQueued = 10_000;

    /** Limit for the whole fetch, waiting in line included; a request may have its own. */
    private Duration timeout = Duration.ofSeconds(20);

    /** Limit for waiting in line; without one only the whole fetch has a limit. */
    private @Nullable Duration queueTimeout;

    /** Most redirects of one fetch. */
    private int maxRedirects = 5;

    /** Most bytes of a response's body, decompressed. */
    private DataSize maxBodySize = DataSize.ofMegabytes(100);

    /** Most bytes of a response's headers. */
    private DataSize maxHeaderSize = DataSize.ofKilobytes(64);

    /** Most headers of a response. */
    private int maxHeaderCount = 1_000;

    /** Value of the User-Agent header, unless a request has its own. */
    private String userAgent = "async-loop";

    /** What relative URLs are appended to; without one they can not be fetched. */
    private @Nullable String baseUrl;

    /** Versions of HTTP that are spoken. */
    private HttpVersions versions = HttpVersions.HTTP_1_1;

    /** How long a connection is kept that nobody uses. */
    private Duration maxIdleTime = Duration.ofSeconds(30);

    /** How long a connection is used for new requests; without one as long as it works. */
    private @Nullable Duration maxLifeTime;

    private final Proxy proxy = new Proxy();

    private final Retry retry = new Retry();

    public int getMaxTotal() {
        return maxTotal;
    }

    public void setMaxTotal(int maxTotal) {
        this.maxTotal = maxTotal;
    }

    public int getMaxPerOrigin() {
        return maxPerOrigin;
    }

    public void setMaxPerOrigin(int maxPerOrigin) {
        this.maxPerOrigin = maxPerOrigin;
    }

    public int getMaxQueued() {
        return maxQueued;
    }

    public void setMaxQueued(int maxQueued) {
        this.maxQueued = maxQueued;
    }

    public Duration getTimeout() {
        return timeout;
    }

    public void setTimeout(Duration timeout) {
        this.timeout = timeout;
    }

    public @Nullable Duration getQueueTimeout() {
        return queueTimeout;
    }

    public void setQueueTimeout(@Nullable Duration queueTimeout) {
        this.queueTimeout = queueTimeout;
    }

    public int getMaxRedirects() {
        return maxRedirects;
    }

    public void setMaxRedirects(int maxRedirects) {
        this.maxRedirects = maxRedirects;
    }

    public DataSize getMaxBodySize() {
        return maxBodySize;
    }

    public void setMaxBodySize(DataSize maxBodySize) {
        this.maxBodySize = maxBodySize;
    }

    public DataSize getMaxHeaderSize() {
        return maxHeaderSize;
    }

    public void setMaxHeaderSize(DataSize maxHeaderSize) {
        this.maxHeaderSize = maxHeaderSize;
    }

    public int getMaxHeaderCount() {
        return maxHeaderCount;
    }

    public void setMaxHeaderCount(int maxHeaderCount) {
        this.maxHeaderCount = maxHeaderCount;
    }

    public String getUserAgent() {
        return userAgent;
    }

    public void setUserAgent(String userAgent) {
        this.userAgent = userAgent;
    }

    public @Nullable String getBaseUrl() {
        return baseUrl;
    }

    public void setBaseUrl(@Nullable String baseUrl) {
        this.baseUrl = baseUrl;
    }

    public HttpVersions getVersions() {
        return versions;
    }

    public void setVersions(HttpVersions versions) {
        this.versions = versions;
    }

    public Duration getMaxIdleTime() {
        return maxIdleTime;
    }

    public void setMaxIdleTime(Duration maxIdleTime) {
        this.maxIdleTime = maxIdleTime;
    }

    public @Nullable Duration getMaxLifeTime() {
        return maxLifeTime;
    }

    public void setMaxLifeTime(@Nullable Duration maxLifeTime) {
        this.maxLifeTime = maxLifeTime;
    }

    public Proxy getProxy() {
        return proxy;
    }

    public Retry getRetry() {
        return retry;
    }

    /** The proxy that connections are made through. */
    public static class Proxy {

        /** Kind of the proxy. */
        private ProxyOptions.Type type = ProxyOptions.Type.HTTP;

        /** Host of the proxy; without one there is none. */
        private @Nullable String host;

        /** Port of the proxy. */
        private int port = 3128;

        /** User that the proxy asks for. */
        private @Nullable String user;

        /** Password that the proxy asks for. */
        private @Nullable String password;

        /** Hosts that are connected to directly; one that begins with a dot means all below it. */
        private List<String> noProxy = new ArrayList<>();

        /** Whether the proxy itself refuses what the address filter would; needed to have both. */
        private boolean filtersAddresses = false;

        public ProxyOptions.Type getType() {
            return type;
        }

        public void setType(ProxyOptions.Type type) {
            this.type = type;
        }

        public @Nullable String getHost() {
            return host;
        }

        public void setHost(@Nullable String host) {
            this.host = host;
        }

        public int getPort() {
            return port;
        }

        public void setPort(int port) {
            this.port = port;
        }

        public @Nullable String getUser() {
            return user;
        }

        public void setUser(@Nullable String user) {
            this.user = user;
        }

        public @Nullable String getPassword() {
            return password;
        }

        public void setPassword(@Nullable String password) {
            this.password = password;
        }

        public List<String> getNoProxy() {
            return noProxy;
        }

        public void setNoProxy(List<String> noProxy) {
            this.noProxy = noProxy;
        }

        public boolean isFiltersAddresses() {
            return filtersAddresses;
        }

        public void setFiltersAddresses(boolean filtersAddresses) {
            this.filtersAddresses = filtersAddresses;
        }
    }

    /** How failures are retried. */
    public static class Retry {

        /** Most attempts of a fetch, the first included; with 1 nothing is retried. */
        private int maxAttempts = 1;

        /** Delay before the second attempt; twice as long before each further one. */
        private Duration delay = Duration.ofMillis(100);

        /** Longest of these delays. */
        private Duration maxDelay = Duration.ofSeconds(5);

        /** Longest delay that a response may ask for with Retry-After. */
        private Duration maxRetryAfter = Duration.ofSeconds(10);

        /** Limit for one attempt; without one only the fetch has a limit. */
        private @Nullable Duration attemptTimeout;

        public int getMaxAttempts() {
            return maxAttempts;
        }

        public void setMaxAttempts(int maxAttempts) {
            this.maxAttempts = maxAttempts;
        }

        public Duration getDelay() {
            return delay;
        }

        public void setDelay(Duration delay) {
            this.delay = delay;
        }

        public Duration getMaxDelay() {
            return maxDelay;
        }

        public void setMaxDelay(Duration maxDelay) {
            this.maxDelay = maxDelay;
        }

        public Duration getMaxRetryAfter() {
            return maxRetryAfter;
        }

        public void setMaxRetryAfter(Duration maxRetryAfter) {
            this.maxRetryAfter = maxRetryAfter;
        }

        public @Nullable Duration getAttemptTimeout() {
            return attemptTimeout;
        }

        public void setAttemptTimeout(@Nullable Duration attemptTimeout) {
            this.attemptTimeout = attemptTimeout;
        }
    }
}
