package dev.asyncloop.spring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.netty.http.client.HttpClient;

/** A running application on a free port, and a client for it. */
public final class TestApplication implements AutoCloseable {

    private final ConfigurableApplicationContext context;

    private final WebClient client;

    private final WebClient once;

    private TestApplication(ConfigurableApplicationContext context) {
        this.context = context;
        this.client = WebClient.create("http://127.0.0.1:" + port());
        this.once = onceTo(port());
    }

    public static TestApplication start(Class<?> source, String... properties) {
        return start(List.of(source), properties);
    }

    public static TestApplication start(List<Class<?>> sources, String... properties) {
        List<String> all = new ArrayList<>(List.of(properties));
        all.add("server.port=0");
        all.add("server.address=127.0.0.1");
        return new TestApplication(new SpringApplicationBuilder(sources.toArray(Class<?>[]::new))
                .web(WebApplicationType.REACTIVE)
                .properties(all.toArray(String[]::new))
                .run());
    }

    public int port() {
        return ((WebServerApplicationContext) context).getWebServer().getPort();
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public ConfigurableApplicationContext context() {
        return context;
    }

    public WebClient client() {
        return client;
    }

    /**
     * Returns a client for the actuator, which uses each connection once: Reactor Netty 1.3.7 may lose a request that comes
     * on a connection in the moment of an answer from a thread beside the event loop (reactor-netty#4361), with Spring Boot
     * alone as well.
     */
    public WebClient actuator() {
        return once;
    }

    /** Returns such a client for another port. */
    public static WebClient onceTo(int port) {
        return WebClient.builder()
                .baseUrl("http://127.0.0.1:" + port)
                .clientConnector(new ReactorClientHttpConnector(HttpClient.newConnection()))
                .build();
    }

    /** Gets a path; never fails for a status. */
    public ResponseEntity<String> get(String path) {
        return exchange((path.startsWith("/actuator") ? once : client).get().uri(path));
    }

    public ResponseEntity<String> exchange(WebClient.RequestHeadersSpec<?> request) {
        return request.exchangeToMono(response -> response.toEntity(String.class))
                .block(Duration.ofSeconds(30));
    }

    @Override
    public void close() {
        context.close();
    }
}
