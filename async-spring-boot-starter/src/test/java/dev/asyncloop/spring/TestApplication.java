package dev.asyncloop.spring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.ResponseEntity;
import org.springframework.web.reactive.function.client.WebClient;

/** A running application on a free port, and a client for it. */
public final class TestApplication implements AutoCloseable {

    private final ConfigurableApplicationContext context;

    private final WebClient client;

    private TestApplication(ConfigurableApplicationContext context) {
        this.context = context;
        this.client = WebClient.create("http://127.0.0.1:" + port());
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

    /** Gets a path; never fails for a status. */
    public ResponseEntity<String> get(String path) {
        return exchange(client.get().uri(path));
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
