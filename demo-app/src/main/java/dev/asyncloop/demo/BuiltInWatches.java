package dev.asyncloop.demo;

import dev.asyncloop.IOLoop;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Watches the built-in endpoints once their address is known. */
@Component
class BuiltInWatches {

    private static final List<String> NAMES = List.of("quick", "slow", "flaky");

    private final IOLoop loop;

    private final StatusBoard board;

    private final Prober prober;

    private final ServerProperties server;

    BuiltInWatches(
            IOLoop loop, StatusBoard board, @Qualifier(HttpClients.BUILT_IN) Prober prober, ServerProperties server) {
        this.loop = loop;
        this.board = board;
        this.prober = prober;
        this.server = server;
    }

    /** Comes on the starting thread, so it hands the work to the loop. */
    @EventListener
    void serverStarted(ReactiveWebServerInitializedEvent event) {
        if (event.getApplicationContext().getServerNamespace() == null) { // not a management server of its own
            String root = "http://" + host() + ":" + event.getWebServer().getPort() + "/demo/";
            loop.addCallback(
                    () -> NAMES.forEach(name -> board.add("Built-in: " + name, URI.create(root + name), prober)));
        }
    }

    private String host() {
        InetAddress address = server.getAddress();
        if (address == null || address.isAnyLocalAddress()) {
            address = InetAddress.getLoopbackAddress();
        }
        String text = address.getHostAddress();
        return text.contains(":") ? "[" + text + "]" : text;
    }
}
