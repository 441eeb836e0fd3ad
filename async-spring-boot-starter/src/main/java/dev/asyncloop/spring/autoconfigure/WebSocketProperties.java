package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.channel.Overflow;
import dev.asyncloop.websocket.Compression;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * Properties of the WebSockets that the application serves.
 */
@ConfigurationProperties("ioloop.websocket")
public class WebSocketProperties {

    /** Origins whose pages may connect besides those of the same origin, such as "https://*.a.example"; "*" for all. */
    private List<String> allowedOrigins = new ArrayList<>();

    /** Whether messages are compressed, if the client wants it, too. */
    private Compression compression = Compression.OFF;

    /** Most bytes of a message that comes, over its fragments and decompressed; a larger one closes with 1009. */
    private DataSize maxMessageSize = DataSize.ofMegabytes(10);

    /** So many messages may wait to be received; then the socket is not read. */
    private int inbox = 16;

    /** So many messages may wait to be sent. */
    private int outbox = 256;

    /** What happens to one more: the sender waits, it or the oldest is dropped, an exception, or the end with 1013. */
    private Overflow overflow = Overflow.SUSPEND;

    /** How often the client is pinged; 0 for never. */
    private Duration pingInterval = Duration.ofSeconds(30);

    /** A client whose pong has not come after so long is gone; as the interval by default. */
    private @Nullable Duration pingTimeout;

    /** How long the client may take to answer a close frame. */
    private Duration closeWait = Duration.ofSeconds(5);

    public List<String> getAllowedOrigins() {
        return allowedOrigins;
    }

    public void setAllowedOrigins(List<String> allowedOrigins) {
        this.allowedOrigins = allowedOrigins;
    }

    public Compression getCompression() {
        return compression;
    }

    public void setCompression(Compression compression) {
        this.compression = compression;
    }

    public DataSize getMaxMessageSize() {
        return maxMessageSize;
    }

    public void setMaxMessageSize(DataSize maxMessageSize) {
        this.maxMessageSize = maxMessageSize;
    }

    public int getInbox() {
        return inbox;
    }

    public void setInbox(int inbox) {
        this.inbox = inbox;
    }

    public int getOutbox() {
        return outbox;
    }

    public void setOutbox(int outbox) {
        this.outbox = outbox;
    }

    public Overflow getOverflow() {
        return overflow;
    }

    public void setOverflow(Overflow overflow) {
        this.overflow = overflow;
    }

    public Duration getPingInterval() {
        return pingInterval;
    }

    public void setPingInterval(Duration pingInterval) {
        this.pingInterval = pingInterval;
    }

    public @Nullable Duration getPingTimeout() {
        return pingTimeout;
    }

    public void setPingTimeout(@Nullable Duration pingTimeout) {
        this.pingTimeout = pingTimeout;
    }

    public Duration getCloseWait() {
        return closeWait;
    }

    public void setCloseWait(Duration closeWait) {
        this.closeWait = closeWait;
    }
}
