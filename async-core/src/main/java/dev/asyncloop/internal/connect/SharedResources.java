package dev.asyncloop.internal.connect;

import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** The loop's event loop, which nobody but the loop may end. */
record SharedResources(EventLoopGroup group) implements LoopResources {

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return group;
    }

    @Override
    public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
        return Mono.empty();
    }
}
