package dev.asyncloop.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Operators;

/**
 * Writes a body as it is produced, asking for the next piece only while little is on its way: a piece is until the
 * connection has written all of it. (Reactor Netty's own sender has up to 256 pieces on their way.) On the event loop.
 */
final class BodySender implements CoreSubscriber<ByteBuf> {

    /** So many bytes may be on their way when another piece is asked for. */
    private static final int IN_FLIGHT = 64 * 1024;

    private final Channel channel;

    private @Nullable MonoSink<Void> sink;

    private final Runnable onProgress;

    private final Consumer<Throwable> onFailure;

    private @Nullable Subscription subscription;

    private long inFlight;

    private boolean asked;

    private boolean complete;

    private boolean ended;

    /**
     * Makes a sender.
     * @param onProgress called when the peer has taken something
     * @param onFailure called when the content fails, or can't be written, instead of an error signal
     */
    BodySender(Channel channel, Runnable onProgress, Consumer<Throwable> onFailure) {
        this.channel = channel;
        this.onProgress = onProgress;
        this.onFailure = onFailure;
    }

    /** Returns what writes this content when it is subscribed, once, and completes when all is written. */
    Mono<Void> send(Publisher<ByteBuf> content) {
        return Mono.create(subscriber -> {
            sink = subscriber;
            subscriber.onDispose(this::dispose);
            content.subscribe(this);
        });
    }

    /** Returns how many bytes were handed to the connection and are not written yet. */
    long inFlight() {
        return inFlight;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        if (ended) {
            subscription.cancel();
            return;
        }
        this.subscription = subscription;
        askForMore();
    }

    private void askForMore() {
        Subscription current = subscription;
        if (current != null && !asked && !complete && !ended && inFlight < IN_FLIGHT) {
            asked = true;
            current.request(1);
        }
    }

    @Override
    public void onNext(ByteBuf piece) {
        onEventLoop(() -> write(piece));
    }

    private void write(ByteBuf piece) {
        asked = false;
        if (ended) {
            piece.release();
            return;
        }
        int length = piece.readableBytes();
        inFlight += length;
        channel.writeAndFlush(piece).addListener(written -> {
            inFlight -= length;
            if (written.isSuccess()) {
                onProgress.run();
                askForMore();
                completeIfWritten();
            } else if (!ended && channel.isActive()) { // else its end is the failure, unless a response has come before
                ended = true;
                onFailure.accept(written.cause());
            }
        });
        askForMore();
    }

    @Override
    public void onComplete() {
        onEventLoop(() -> {
            complete = true;
            completeIfWritten();
        });
    }

    private void completeIfWritten() {
        MonoSink<Void> current = sink;
        if (complete && inFlight == 0 && !ended && current != null) {
            ended = true;
            current.success();
        }
    }

    @Override
    public void onError(Throwable failure) {
        onEventLoop(() -> {
            if (ended) {
                Operators.onErrorDropped(failure, currentContext());
                return;
            }
            ended = true;
            onFailure.accept(failure);
        });
    }

    private void dispose() {
        ended = true;
        Subscription current = subscription;
        if (current != null) {
            current.cancel();
        }
    }

    private void onEventLoop(Runnable signal) {
        if (channel.eventLoop().inEventLoop()) {
            signal.run();
        } else {
            channel.eventLoop().execute(signal);
        }
    }
}
