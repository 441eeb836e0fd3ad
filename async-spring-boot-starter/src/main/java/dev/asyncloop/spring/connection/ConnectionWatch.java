package dev.asyncloop.spring.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Frame;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.core.codec.DecodingException;

/**
 * Watches what the client of a connection with HTTP/1.1 owes: a request, the rest of a request's head, or, after the answer,
 * the rest of its body. Each has its limit; in between, while a request is handled, there is none here. A body that is broken
 * is an error for who reads it, and so an answer with 400.
 *
 * <p>Between Netty's codec and Reactor Netty's handler, which makes requests of what it sees.
 */
final class ConnectionWatch extends ChannelDuplexHandler {

    private static final String TOO_SLOW = "{\"title\":\"Request Timeout\",\"status\":408,"
            + "\"detail\":\"The headers of the request have not arrived in time\"}";

    private static final int LINGER_MILLIS = 1_000;

    private final @Nullable Duration idle;

    private final @Nullable Duration header;

    private final @Nullable Duration body;

    private final BytesSeen bytes;

    private final ConnectionTimer timer = new ConnectionTimer(this::expired);

    @SuppressWarnings("NullAway.Init") // before anything else
    private ChannelHandlerContext context;

    /** Requests that have come and are not answered. */
    private int open;

    /** Whether a part of a head has come. */
    private boolean inHead;

    /** Whether the rest of a body is still to come. */
    private boolean inBody;

    private boolean messageSeen;

    /** Whether the last answer is on its way, to a head that could not be read, and nothing more is wanted. */
    private boolean over;

    private boolean lingering;

    private boolean informational;

    private @Nullable Throwable broken;

    ConnectionWatch(@Nullable Duration idle, @Nullable Duration header, @Nullable Duration body, BytesSeen bytes) {
        this.idle = idle;
        this.header = header;
        this.body = body;
        this.bytes = bytes;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
        timer.limit(context, idle);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        timer.stop();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        timer.lift();
        timer.stop();
        context.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (over || isEndOfConnection(message)) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof Http2Frame) { // the connection has been upgraded
            context.pipeline().remove(bytes);
            if (idle != null) {
                context.pipeline().replace(this, context.name(), new Http2IdleWatch(idle));
            } else {
                context.pipeline().remove(this);
            }
        } else if (message instanceof HttpRequest request) {
            messageSeen = true;
            inHead = false;
            inBody = request.decoderResult().isSuccess();
            over = !inBody;
            open++;
            timer.lift();
        } else if (message instanceof HttpContent content) {
            if (content.decoderResult().isFailure() && inBody && open == 1) {
                broken = content.decoderResult().cause();
                ReferenceCountUtil.release(message);
                if (context.channel().config().isAutoRead()) {
                    tellWhoReads();
                }
                return;
            }
            messageSeen = true;
        }
        boolean last = message instanceof LastHttpContent;
        context.fireChannelRead(message);
        if (last) {
            inBody = false;
            if (open == 0) {
                timer.limit(context, idle);
            }
        }
    }

    /** Whether it says of a part of a head that the client has gone. Nobody has to be warned of that. */
    private static boolean isEndOfConnection(Object message) {
        return message instanceof HttpRequest request
                && request.decoderResult().cause() instanceof PrematureChannelClosureException;
    }

    /** Who waits for the body, or asks for more of it, gets the error; who does not want it is not disturbed. */
    private void tellWhoReads() {
        Throwable cause = broken;
        if (cause != null && inBody) {
            inBody = false;
            context.fireExceptionCaught(new DecodingException("The body of the request is broken", cause));
        }
    }

    @Override
    public void read(ChannelHandlerContext context) {
        if (broken != null) {
            tellWhoReads();
        } else {
            context.read();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        boolean unfinished = bytes.takeAny() && !messageSeen && !inBody;
        messageSeen = false;
        if (unfinished && !inHead && !over) {
            inHead = true;
            if (open == 0) {
                timer.limit(context, header);
            }
        }
        context.fireChannelReadComplete();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response) {
            informational = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            if (response.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
                context.write(message, promise);
                context.pipeline().remove(bytes);
                context.pipeline().remove(this);
                return;
            }
        }
        boolean answered = message instanceof LastHttpContent && !informational;
        context.write(message, promise);
        if (answered) {
            answered();
        }
    }

    private void answered() {
        open = Math.max(0, open - 1);
        if (open > 0) {
            return;
        }
        if (broken != null) {
            inBody = false;
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        } else if (inBody) {
            timer.limit(context, body);
        } else {
            timer.limit(context, inHead ? header : idle);
        }
    }

    /** Nothing is owed to the client unless a part of a request has come. */
    private void expired() {
        if (inHead && !inBody && open == 0) {
            over = true;
            ByteBuf text = ByteBufUtil.writeUtf8(context.alloc(), TOO_SLOW);
            FullHttpResponse answer =
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.REQUEST_TIMEOUT, text);
            answer.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, "application/problem+json")
                    .set(HttpHeaderNames.CONTENT_LENGTH, text.readableBytes())
                    .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
        } else {
            context.close();
        }
    }

    /**
     * Reads for a short time what is still on its way after a head that could not be read, or of a body that nobody wanted:
     * closed at once, the connection would be reset, and the client might not see its answer.
     */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        boolean isOwed = over || inBody && open == 0;
        if (isOwed && !lingering && context.channel() instanceof DuplexChannel duplex && duplex.isActive()) {
            lingering = true;
            over = true;
            duplex.shutdownOutput();
            duplex.config().setAutoRead(true);
            context.executor().schedule(() -> context.close(promise), LINGER_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            context.close(promise);
        }
    }
}
