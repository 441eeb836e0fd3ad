package dev.asyncloop.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.http.server.RequestPath;
import reactor.netty.http.server.HttpServerRequest;

/** A URI is found for the request that it is of, or not at all. */
class KnownUrisTest {

    private final KnownUris uris = new KnownUris();

    private static HttpServerRequest request(String scheme, String host, int port, String target) {
        return (HttpServerRequest) Proxy.newProxyInstance(
                KnownUrisTest.class.getClassLoader(),
                new Class<?>[] {HttpServerRequest.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "scheme" -> scheme;
                    case "hostName" -> host;
                    case "hostPort" -> port;
                    case "uri" -> target;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static URI uri(HttpServerRequest request) {
        return URI.create(request.scheme() + "://" + request.hostName() + ":" + request.hostPort() + request.uri());
    }

    private URI found(HttpServerRequest request) {
        return Objects.requireNonNull(uris.find(request)).uri();
    }

    @Test
    void hasItsPathWhichIsParsedOnce() {
        HttpServerRequest request = request("http", "a", 80, "/a%20b;c=d/e?f");
        uris.learn(request, uri(request));
        RequestPath path = Objects.requireNonNull(uris.find(request)).path();
        assertThat(path).isEqualTo(RequestPath.parse("/a%20b;c=d/e", null));
        assertThat(Objects.requireNonNull(uris.find(request)).path()).isSameAs(path);
    }

    @Test
    void isNeverThatOfAnother() {
        List<HttpServerRequest> requests = new ArrayList<>();
        for (String scheme : List.of("http", "https")) {
            for (String host : List.of("Aa", "BB", "a.example")) {
                for (int port : new int[] {80, 8080}) {
                    for (int i = 0; i < 100; i++) {
                        requests.add(request(scheme, host, port, "/Aa?" + i));
                        requests.add(request(scheme, host, port, "/BB?" + i));
                    }
                }
            }
        }
        for (HttpServerRequest request : requests) {
            assertThat(uris.find(request)).isNull();
            uris.learn(request, uri(request));
            assertThat(found(request)).isEqualTo(uri(request));
        }
        List<HttpServerRequest> known =
                requests.stream().filter(request -> uris.find(request) != null).toList();
        assertThat(known)
                .hasSizeBetween(1, 256)
                .allSatisfy(request -> assertThat(found(request)).isEqualTo(uri(request)));
    }

    @Test
    void isNotKeptIfItIsLong() {
        String much = "x".repeat(260);
        Stream.of(
                        request("http", "a", 80, "/" + much),
                        request("http", much, 80, "/long"),
                        request(much, "a", 80, "/long"))
                .forEach(request -> {
                    uris.learn(request, uri(request));
                    assertThat(uris.find(request)).isNull();
                });
    }
}
