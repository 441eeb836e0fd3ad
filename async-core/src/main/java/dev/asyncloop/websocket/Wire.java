package dev.asyncloop.websocket;

import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopClosedException;
import dev.asyncloop.TimerHandle;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The side of a WebSocket that is on the event loop, as the last handler of its channel that sees anything: turns frames
 * into messages and messages into frames, in either role. Reads only while the inbox has room, writes only while the
 * channel takes it.
 *
 * <pre>
 *   open -- close() --> closing -- outbox empty: close frame --> closed, but for the peer's close frame --> channel closed
 *        -- the peer's close frame: answered ----------------------------------------------------------> channel closed
 *        -- the peer breaks a rule, or is gone: close frame ----> what comes is dropped ----------------> channel closed
 *        -- the connection breaks ----------------------------------------------------------------------> channel closed
 * </pre>
 *
 * The client leaves closing the channel to the server, but not for longer than {@code closeWait} since the beginning of the
 * end.
 */
final class Wire extends ChannelInboundHandlerAdapter implements Heartbeat.Peer {

    /** The first reserved bit of a frame: its message is compressed. */
    static final int RSV1 = 4;

    private static final int MOST_IN_A_CONTROL_FRAME = 125;

    /** Of the code at the beginning of a close frame. */
    private static final int CODE_LENGTH = 2;

    private static final byte[] HEARTBEAT = "async-loop".getBytes(StandardCharsets.US_ASCII);

    private final IOLoop loop;

    private final EventLoop eventLoop;

    private final LoopWebSocket socket;

    private final WebSocketOptions options;

    private final boolean client;

    private final @Nullable Deflation deflation;

    private final FrameDecoder decoder;

    private final Assembler assembler;

    private final Heartbeat heartbeat;

    private final Pings pings;

    /** Whether a look at the outbox was already put in the event loop's line. */
    private final AtomicBoolean looking = new AtomicBoolean();

    private @Nullable ChannelHandlerContext context;

    /** The socket was asked for more. */
    private boolean reading;

    /** A frame has come with what was read last. */
    private boolean frameCame;

    /** A frame is being written, perhaps in several parts that nothing must come between. */
    private boolean writing;

    /** The last ping that could not be answered because the channel took nothing. Only the last one needs to be. */
    private @Nullable ByteBuf ping;

    /** The heartbeat's ping while it stands behind what was sent before. */
    private @Nullable ChannelFuture waitingPing;

    /** How many bytes stood before that ping at the last look. */
    private long beforePing;

    /** How many bytes were put behind it. */
    private long behindPing;

    /** With what to close when everything is sent. */
    private @Nullable CloseStatus closing;

    private boolean closeSent;

    private boolean closeReceived;

    /** What comes is dropped. */
    private boolean failed;

    private boolean ended;

    /** What may have broken the connection. */
    private @Nullable Throwable breach;

    private @Nullable TimerHandle closeLimit;

    Wire(IOLoop loop, EventLoop eventLoop, LoopWebSocket socket, boolean client, @Nullable Deflation deflation) {
        this.loop = loop;
        this.eventLoop = eventLoop;
        this.socket = socket;
        this.options = socket.options();
        this.client = client;
        this.deflation = deflation;
        this.decoder = new FrameDecoder(this, !client, options.maxMessageSize());
        this.assembler = new Assembler(options.maxMessageSize(), deflation);
        this.heartbeat = new Heartbeat(loop, eventLoop, options, this);
        this.pings = new Pings(loop);
    }

    // ---- what the coroutines' side asks: any thread

    /** There is something in the outbox. */
    void look() {
        if (looking.compareAndSet(false, true)) {
            onEventLoop(this::write);
        }
    }

    /** There is room in the inbox. */
    void readOn() {
        onEventLoop(this::read);
    }

    void ping(Pings.Ping ping) {
        onEventLoop(() -> {
            if (closing != null || closeSent || ended) {
                ping.fail(socket.closedForSender());
            } else {
                pings.add(ping);
                write();
            }
        });
    }

    void forget(Pings.Ping ping) {
        onEventLoop(() -> pings.remove(ping));
    }

    /** Sends what is left, and a close frame. */
    void close(CloseStatus status) {
        onEventLoop(() -> {
            if (!ended && !closeSent && closing == null) {
                closing = status;
                limitClosing();
                write();
                read();
            }
        });
    }

    /** A loop that has ended has closed its channels, and with them all that would still have to be done. */
    private void onEventLoop(Runnable action) {
        if (eventLoop.inEventLoop()) {
            action.run();
            return;
        }
        try {
            eventLoop.execute(action);
        } catch (RejectedExecutionException ex) {
            // ended
        }
    }

    // ---- the beginning

    /** Returns what is to be in the pipeline before this. */
    FrameDecoder decoder() {
        return decoder;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
    }

    void start() {
        heartbeat.start();
        read();
        write();
        if (!context().channel().isActive()) {
            end();
        }
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("The handler of " + socket + " is in no pipeline");
        }
        return context;
    }

    // ---- reading

    private void read() {
        if (ended) {
            return;
        }
        while (takesMore()) {
            if (!decoder.goOn()) {
                readFromSocket();
                return;
            }
        }
        heartbeat.excuse();
    }

    private void readFromSocket() {
        if (!reading) {
            reading = true;
            context().read();
        }
    }

    /** Returns whether frames may come now; if not, {@link #readOn} says when. */
    boolean takesMore() {
        return isClosing() || socket.inboxSide().wantsMore();
    }

    /** Returns whether frames that have come before the end of the connection may still come now. */
    boolean takesTheLast() {
        return !socket.inboxSide().isOverfull();
    }

    /** Nobody waits for messages any more, only for the end. */
    private boolean isClosing() {
        return closing != null || closeSent || closeReceived || failed;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        reading = false;
        if (!frameCame) {
            heartbeat.excuse(); // a part of a large one has come, which no pong can overtake
        }
        frameCame = false;
        read();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            frameCame = true;
            if (message instanceof WebSocketFrame frame && !closeReceived && !failed && !ended) {
                received(frame);
            }
        } catch (Assembler.Violation violation) {
            fail(violation.status(), violation.getCause());
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void received(WebSocketFrame frame) throws Assembler.Violation {
        requireRules(frame);
        switch (frame) {
            case PingWebSocketFrame question -> answer(question.content());
            case PongWebSocketFrame pong -> {
                heartbeat.excuse();
                pings.answered(ByteBufUtil.getBytes(pong.content()));
            }
            case CloseWebSocketFrame close -> closedByPeer(status(close));
            default -> {
                Message message = assembler.add(frame);
                if (message != null) {
                    socket.inboxSide().add(message);
                }
            }
        }
    }

    /** What Netty's decoder lets through if it lets extensions through at all. */
    private void requireRules(WebSocketFrame frame) throws Assembler.Violation {
        boolean mayBeCompressed =
                deflation != null && (frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame);
        if (frame.rsv() != 0 && !(mayBeCompressed && frame.rsv() == RSV1)) {
            throw new Assembler.Violation(CloseStatus.PROTOCOL_ERROR, "reserved bits are set", null);
        }
    }

    private static CloseStatus status(CloseWebSocketFrame close) throws Assembler.Violation {
        byte[] content = ByteBufUtil.getBytes(close.content());
        if (content.length == 0) {
            return CloseStatus.NONE;
        }
        int code = close.statusCode();
        if (!CloseStatus.mayBeSent(code)) {
            throw new Assembler.Violation(CloseStatus.PROTOCOL_ERROR, "close code " + code + " must not be sent", null);
        }
        return new CloseStatus(code, Assembler.decode(content, CODE_LENGTH));
    }

    private void answer(ByteBuf question) {
        if (closeSent) {
            return;
        }
        if (ping != null) {
            ping.release();
        }
        ping = question.retain();
        write();
    }

    // ---- writing

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        write();
        context.fireChannelWritabilityChanged();
    }

    private void write() {
        looking.set(false);
        if (writing || ended || closeSent) {
            return;
        }
        boolean written;
        writing = true;
        long before = waitingPing == null ? 0 : unsent();
        try {
            written = writeWhatTheChannelTakes(context());
        } finally {
            writing = false;
        }
        if (waitingPing != null) {
            behindPing += unsent() - before; // nothing was flushed
        }
        if (closing != null && socket.outboxSide().size() == 0) {
            writeClose(closing);
        } else if (written) {
            context().flush();
        }
    }

    private boolean writeWhatTheChannelTakes(ChannelHandlerContext to) {
        boolean written = false;
        if (ping != null && to.channel().isWritable()) {
            to.write(new PongWebSocketFrame(ping));
            ping = null;
            written = true;
        }
        byte[] payload;
        while (to.channel().isWritable() && (payload = pings.send()) != null) {
            to.write(new PingWebSocketFrame(Unpooled.wrappedBuffer(payload)));
            written = true;
        }
        Message message;
        while (to.channel().isWritable() && (message = socket.outboxSide().poll()) != null) {
            to.write(frame(message));
            written = true;
        }
        return written;
    }

    private WebSocketFrame frame(Message message) {
        return switch (message) {
            case Message.Text text -> {
                byte[] bytes = text.text().getBytes(StandardCharsets.UTF_8);
                yield deflation == null
                        ? new TextWebSocketFrame(Unpooled.wrappedBuffer(bytes)) // the encoder copies what is short
                        : new TextWebSocketFrame(true, RSV1, deflated(deflation, bytes));
            }
            case Message.Binary binary -> {
                if (deflation == null) {
                    yield new BinaryWebSocketFrame(copied(binary.bytes()));
                }
                yield new BinaryWebSocketFrame(true, RSV1, deflated(deflation, binary.bytes()));
            }
        };
    }

    /** The encoder masks in place what a client sends, and that must not be the sender's own bytes. */
    private ByteBuf copied(byte[] bytes) {
        return client ? context().alloc().buffer(bytes.length).writeBytes(bytes) : Unpooled.wrappedBuffer(bytes);
    }

    private ByteBuf deflated(Deflation deflation, byte[] bytes) {
        ByteBuf compressed = context().alloc().buffer();
        deflation.deflate(bytes, compressed);
        return compressed;
    }

    /** Sent at once, even if the channel takes nothing: one ping at a time waits for its pong. */
    @Override
    public void ping() {
        if (waitingPing == null) {
            sendPing();
        }
        if (!reading) {
            heartbeat.excuse(); // its pong would not be read
        }
    }

    private void sendPing() {
        ChannelFuture sent = context().writeAndFlush(new PingWebSocketFrame(Unpooled.wrappedBuffer(HEARTBEAT)));
        if (!sent.isDone()) {
            waitingPing = sent;
            beforePing = unsent();
            behindPing = 0;
            sent.addListener(end -> {
                waitingPing = null;
                heartbeat.sent();
            });
        }
    }

    @Override
    public boolean takesWhatIsBefore() {
        if (waitingPing == null) {
            return false;
        }
        long now = unsent() - behindPing;
        boolean fewer = now < beforePing;
        beforePing = now;
        return fewer;
    }

    /** Returns how many bytes the channel still has. A large message counts there until all of it has left. */
    private long unsent() {
        ChannelOutboundBuffer buffer = context().channel().unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
    }

    @Override
    public void isGone() {
        fail(
                new CloseStatus(CloseStatus.INTERNAL_ERROR, "ping timed out: no pong within " + options.pingTimeout()),
                null);
    }

    // ---- the end

    private ChannelFuture writeClose(CloseStatus status) {
        closeSent = true;
        heartbeat.stop();
        pings.fail(socket.closedForSender());
        return context()
                .writeAndFlush(
                        status.code() == CloseStatus.NONE.code()
                                ? new CloseWebSocketFrame()
                                : new CloseWebSocketFrame(status.code(), status.reason()));
    }

    private void closedByPeer(CloseStatus status) {
        closeReceived = true;
        socket.closedByPeer(status);
        if (closeSent) {
            if (!client) {
                context().close();
            }
            return;
        }
        limitClosing();
        ChannelFuture answered = writeClose(status);
        if (!client) {
            answered.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** Ends it because of the peer, which is told so. */
    private void fail(CloseStatus status, @Nullable Throwable cause) {
        if (failed || ended) {
            return;
        }
        failed = true;
        socket.end(End.failed(status, cause));
        limitClosing();
        if (!closeSent) {
            writeClose(status);
        }
        read();
    }

    private void limitClosing() {
        if (closeLimit != null) {
            return;
        }
        try {
            closeLimit = loop.callLater(
                    "WebSocket close",
                    options.closeWait(),
                    () -> onEventLoop(() -> context().close()));
        } catch (LoopClosedException ex) { // no timer any more, so nothing is waited for
            eventLoop.execute(
                    () -> context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof CorruptedWebSocketFrameException corrupted) {
            fail(
                    new CloseStatus(corrupted.closeStatus().code(), shortened(String.valueOf(corrupted.getMessage()))),
                    null);
        } else {
            breach = cause;
            context.close();
        }
    }

    private static String shortened(String reason) {
        return reason.length() <= MOST_IN_A_CONTROL_FRAME - 25 ? reason : reason.substring(0, 100);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end();
        context.fireChannelInactive();
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        heartbeat.stop();
        if (closeLimit != null) {
            closeLimit.cancel();
        }
        if (ping != null) {
            ping.release();
            ping = null;
        }
        if (deflation != null) {
            deflation.end();
        }
        socket.disconnected(breach);
        pings.fail(socket.closedForSender());
    }
}
