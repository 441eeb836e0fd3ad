package dev.asyncloop.spring.autoconfigure;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * Properties of the HTTP client.
 */
@ConfigurationProperties("ioloop.http-client")
public class AsyncHttpClientProperties {

    /** Most requests at a time. */
    private int maxTotal = 1_000;

    /** Most requests at a time to one scheme, host and port. */
    private int maxPerOrigin = 100;

    /** Most requests that wait in line; one more fails. */
    private int maxQueued = 10_000;

    /** Limit for resolving, connecting and TLS. */
    private Duration connectTimeout = Duration.ofSeconds(20);

    /** Limit for the whole fetch, waiting in line included; a request may have its own. */
    private Duration timeout = Duration.ofSeconds(20);

    /** Whether redirects are followed; a request may say otherwise. */
    private boolean followRedirects = true;

    /** Most redirects of one fetch. */
    private int maxRedirects = 5;

    /** Most bytes of a response's body, decompressed. */
    private DataSize maxBodySize = DataSize.ofMegabytes(100);

    /** Most bytes of a response's headers. */
    private DataSize maxHeaderSize = DataSize.ofKilobytes(64);

    /** Value of the User-Agent header, unless a request has its own. */
    private String userAgent = "async-loop";

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

    public Duration getConnectTimeout() {
        return connectTimeout;
    }

    public void setConnectTimeout(Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    public Duration getTimeout() {
        return timeout;
    }

    public void setTimeout(Duration timeout) {
        this.timeout = timeout;
    }

    public boolean isFollowRedirects() {
        return followRedirects;
    }

    public void setFollowRedirects(boolean followRedirects) {
        this.followRedirects = followRedirects;
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

    public String getUserAgent() {
        return userAgent;
    }

    public void setUserAgent(String userAgent) {
        this.userAgent = userAgent;
    }
}
