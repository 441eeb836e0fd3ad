package dev.asyncloop.spring.web;

import dev.asyncloop.IOLoop;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * A loop's event loop for servers and clients of Reactor Netty; there is only this one, whatever transport is asked for.
 */
public final class IOLoopResources implements LoopResources {

    private final IOLoop loop;

    /** Makes resources that live as long as the loop. */
    public IOLoopResources(IOLoop loop) {
        this.loop = loop;
    }

    /** Returns the loop behind these resources. */
    public IOLoop loop() {
        return loop;
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return loop.eventLoopGroup();
    }

    /** Does nothing: the event loop ends with its loop, which also outlives a restart of the context. */
    @Override
    public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
        return Mono.empty();
    }
}
