package peer;

import java.time.Duration;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

@Configuration(proxyBeanMethods = false)
class Sockets {

    private final Sinks.Many<String> room = Sinks.many().multicast().directBestEffort();

    @Bean
    HandlerMapping socketMapping() {
        return new SimpleUrlHandlerMapping(
                Map.of("/echo", (WebSocketHandler) this::echo, "/room", (WebSocketHandler) this::room), -1);
    }

    private Mono<Void> echo(WebSocketSession session) {
        return session.send(
                session.receive().map(WebSocketMessage::getPayloadAsText).map(session::textMessage));
    }

    private Mono<Void> room(WebSocketSession session) {
        Mono<Void> sent = session.send(room.asFlux().map(session::textMessage));
        Mono<Void> received = session.receive()
                .map(WebSocketMessage::getPayloadAsText)
                .doOnNext(text -> room.emitNext(text, Sinks.EmitFailureHandler.busyLooping(Duration.ofSeconds(1))))
                .then();
        return Mono.firstWithSignal(sent, received);
    }
}
