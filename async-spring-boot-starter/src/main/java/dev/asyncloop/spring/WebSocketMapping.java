package dev.asyncloop.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.core.annotation.AliasFor;

/**
 * Makes a method of a controller the handler of WebSockets, one coroutine for each connection. Tornado's
 * {@code WebSocketHandler}.
 *
 * <pre>{@code
 * @WebSocketMapping("/chat/{room}")
 * void chat(@PathVariable String room, WebSocket socket) {
 *     for (String line : socket.texts()) {      // ends when the client closes
 *         socket.send("you said " + line);
 *     }
 * }                                             // return: closed with 1000; exception: with 1011
 * }</pre>
 *
 * <p>It takes a {@link dev.asyncloop.websocket.WebSocket}, or a
 * {@link dev.asyncloop.spring.websocket.WebSocketHandshake} if it is to look before it accepts, and whatever else a handler
 * takes: path variables, parameters, headers, cookies, the principal, the exchange. The rest of the options is in
 * {@code ioloop.websocket.*}, or given to {@code WebSocketHandshake.accept}.
 *
 * <p>The path is below that of the controller's {@code @RequestMapping}. An ordinary handler with the same path, or a
 * static file, gets the requests that ask for no WebSocket. A {@link Coroutine @Coroutine} beside it, or on the
 * controller, says where the handler gives way.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface WebSocketMapping {

    /** The paths, or patterns of them. */
    @AliasFor("path")
    String[] value() default {};

    /** The paths, or patterns of them. */
    @AliasFor("value")
    String[] path() default {};

    /** The sub-protocols that the handler speaks, the most wanted first; the first one that the client speaks, too, is taken. */
    String[] subprotocols() default {};

    /**
     * Origins whose pages may connect, besides those of the same origin: {@code https://a.example},
     * {@code https://*.a.example}, or {@code *} for all. Replaces {@code ioloop.websocket.allowed-origins}.
     */
    String[] origins() default {};
}
