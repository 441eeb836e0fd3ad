package dev.asyncloop.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.content;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withSuccess;

import dev.asyncloop.IOLoop;
import dev.asyncloop.http.AddressNotAllowedException;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.BodyCodec;
import dev.asyncloop.http.HttpClientOptions;
import dev.asyncloop.http.RetryPolicy;
import dev.asyncloop.http.TypeRef;
import dev.asyncloop.net.AddressFilter;
import dev.asyncloop.spring.http.AsyncHttpClientBuilder;
import dev.asyncloop.spring.http.AsyncHttpClientCustomizer;
import dev.asyncloop.spring.http.AsyncHttpRequestFactoryBuilder;
import dev.asyncloop.spring.http.JacksonBodyCodec;
import dev.asyncloop.websocket.WebSocketClient;
import dev.asyncloop.websocket.WebSocketConnectException;
import dev.asyncloop.websocket.WebSocketOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.json.JsonCompareMode;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.json.JsonMapper;

class AsyncHttpClientAutoConfigurationTest {

    private final AtomicReference<HttpClientOptions> options = new AtomicReference<>();

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withInitializer(context ->
                    context.getBeanFactory().setConversionService(ApplicationConversionService.getSharedInstance()))
            .withConfiguration(AutoConfigurations.of(
                    AsyncHttpClientAutoConfiguration.class,
                    HttpClientAutoConfiguration.class,
                    IOLoopAutoConfiguration.class,
                    JacksonAutoConfiguration.class))
            .withBean("capture", AsyncHttpClientCustomizer.class, () -> given -> {
                options.set(given);
                return given;
            });

    @Test
    void makesAClientWithTheDefaultsOfTheCore() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(AsyncHttpClient.class);
            assertThat(options.get().withCodec(null)).isEqualTo(HttpClientOptions.defaults());
        });
    }

    @Test
    void bindsItsProperties() {
        runner.withPropertyValues(
                        "ioloop.http-client.max-total=1",
                        "ioloop.http-client.max-per-origin=2",
                        "ioloop.http-client.max-queued=3",
                        "ioloop.http-client.timeout=5s",
                        "ioloop.http-client.max-redirects=6",
                        "ioloop.http-client.max-body-size=7MB",
                        "ioloop.http-client.max-header-size=8KB",
                        "ioloop.http-client.user-agent=nine")
                .run(context -> assertThat(options.get().withCodec(null))
                        .isEqualTo(HttpClientOptions.defaults()
                                .withMaxTotal(1)
                                .withMaxPerOrigin(2)
                                .withMaxQueued(3)
                                .withTimeout(Duration.ofSeconds(5))
                                .withMaxRedirects(6)
                                .withMaxBodySize(7 * 1024 * 1024)
                                .withMaxHeaderSize(8 * 1024)
                                .withUserAgent("nine")));
    }

    @Test
    void takesWhatBootSaysOfAllClients() {
        runner.withPropertyValues("spring.http.clients.connect-timeout=4s", "spring.http.clients.redirects=dont-follow")
                .run(context -> assertThat(options.get().withCodec(null))
                        .isEqualTo(HttpClientOptions.defaults()
                                .withConnectTimeout(Duration.ofSeconds(4))
                                .withFollowRedirects(false)));
    }

    @Test
    void aSecondClientStartsFromWhatTheApplicationHas() {
        runner.withPropertyValues("ioloop.http-client.max-total=7").run(context -> {
            AsyncHttpClientBuilder builder = context.getBean(AsyncHttpClientBuilder.class);
            AsyncHttpClientBuilder patient = builder.with(options -> options.withTimeout(Duration.ofMinutes(5)));
            assertThat(patient.options()).isEqualTo(builder.options().withTimeout(Duration.ofMinutes(5)));
            assertThat(patient.options().maxTotal()).isEqualTo(7);
            try (AsyncHttpClient second = patient.build()) {
                assertThat(second).isNotSameAs(context.getBean(AsyncHttpClient.class));
            }
        });
    }

    @Test
    void imperativeClientsOfBootRunOnTheLoopUnlessTheApplicationChoosesOthers() {
        runner.withConfiguration(AutoConfigurations.of(
                        AsyncHttpRequestFactoryAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class))
                .run(context -> assertThat(context.getBean(ClientHttpRequestFactoryBuilder.class))
                        .isInstanceOf(AsyncHttpRequestFactoryBuilder.class));
        runner.withConfiguration(AutoConfigurations.of(
                        AsyncHttpRequestFactoryAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class))
                .withPropertyValues("spring.http.clients.imperative.factory=jdk")
                .run(context -> assertThat(context.getBean(ClientHttpRequestFactoryBuilder.class))
                        .isInstanceOf(JdkClientHttpRequestFactoryBuilder.class));
        ClientHttpRequestFactoryBuilder<?> own = ClientHttpRequestFactoryBuilder.simple();
        runner.withConfiguration(AutoConfigurations.of(
                        AsyncHttpRequestFactoryAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class))
                .withBean(ClientHttpRequestFactoryBuilder.class, () -> own)
                .run(context -> assertThat(context.getBean(ClientHttpRequestFactoryBuilder.class))
                        .isSameAs(own));
    }

    @Test
    void restClientsWriteJsonAsTheApplicationDoes() {
        new ReactiveWebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        IOLoopAutoConfiguration.class,
                        JacksonAutoConfiguration.class,
                        AsyncHttpClientAutoConfiguration.class,
                        AsyncHttpRequestFactoryAutoConfiguration.class,
                        AsyncHttpRequestJsonAutoConfiguration.class,
                        ImperativeHttpClientAutoConfiguration.class,
                        RestClientAutoConfiguration.class))
                .withPropertyValues("spring.jackson.property-naming-strategy=UPPER_CAMEL_CASE")
                .run(context -> {
                    RestClient.Builder client = context.getBean(RestClient.Builder.class);
                    MockRestServiceServer server =
                            MockRestServiceServer.bindTo(client).build();
                    server.expect(content().json("{\"Symbol\":\"A\",\"Price\":1.5}", JsonCompareMode.STRICT))
                            .andRespond(withSuccess());
                    client.build()
                            .post()
                            .uri("http://a.example/")
                            .body(new Quote("A", 1.5))
                            .retrieve()
                            .toBodilessEntity();
                    server.verify();
                });
    }

    @Test
    void readsAndWritesWithTheApplicationsJsonMapper() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(JacksonBodyCodec.class);
            BodyCodec codec = options.get().codec();
            assertThat(new String(codec.encode(new Quote("A", 1.5)))).isEqualTo("{\"symbol\":\"A\",\"price\":1.5}");
            assertThat(codec.decode(
                            "[{\"symbol\":\"B\",\"price\":2}]".getBytes(), new TypeRef<List<Quote>>() {}.type()))
                    .isEqualTo(List.of(new Quote("B", 2)));
        });
    }

    @Test
    void takesTheApplicationsOwnCodec() {
        BodyCodec codec = mock();
        runner.withBean(BodyCodec.class, () -> codec)
                .run(context -> assertThat(options.get().codec()).isSameAs(codec));
    }

    @Test
    void hasNoCodecWithoutJackson() {
        runner.withClassLoader(new FilteredClassLoader(JsonMapper.class))
                .run(context -> assertThat(options.get().codec()).isNull());
    }

    @Test
    void anAttemptHasItsLimitAlsoIfThereIsOnlyOne() {
        runner.withPropertyValues("ioloop.http-client.retry.attempt-timeout=2s")
                .run(context -> assertThat(options.get().retry())
                        .isNotNull()
                        .extracting(RetryPolicy::attemptTimeout, RetryPolicy::maxAttempts)
                        .containsExactly(Duration.ofSeconds(2), 1));
    }

    @Test
    void connectsOnlyWhereBootsFilterAllows() {
        runner.withBean(InetAddressFilter.class, InetAddressFilter::externalAddresses)
                .run(context -> {
                    AsyncHttpClient http = context.getBean(AsyncHttpClient.class);
                    assertThatExceptionOfType(AddressNotAllowedException.class)
                            .isThrownBy(() -> context.getBean(IOLoop.class)
                                    .runSync(() ->
                                            http.fetch("http://127.0.0.1:1/").join()));
                });
    }

    @Test
    void aWebSocketClientConnectsAsTheHttpClientDoes() {
        runner.withBean(InetAddressFilter.class, InetAddressFilter::externalAddresses)
                .withPropertyValues("spring.http.clients.connect-timeout=4s")
                .run(context -> {
                    WebSocketClient webSockets = context.getBean(WebSocketClient.class);
                    assertThat(webSockets.options().connectTimeout()).isEqualTo(Duration.ofSeconds(4));
                    assertThat(webSockets.options().codec()).isInstanceOf(JacksonBodyCodec.class);
                    assertThatExceptionOfType(WebSocketConnectException.class)
                            .isThrownBy(() -> context.getBean(IOLoop.class)
                                    .runSync(() -> webSockets
                                            .connect("ws://127.0.0.1:1/")
                                            .join()))
                            .withMessageContaining("127.0.0.1");
                });
        WebSocketOptions own = WebSocketOptions.defaults().withoutPing();
        runner.withBean(WebSocketOptions.class, () -> own)
                .run(context -> assertThat(
                                context.getBean(WebSocketClient.class).options())
                        .isSameAs(own));
    }

    @Test
    void aValueThatCannotBeNamesItsProperty() {
        runner.withPropertyValues("ioloop.http-client.retry.max-attempts=0")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("ioloop.http-client.retry.max-attempts")
                        .hasMessageContaining("must be positive"));
        runner.withPropertyValues("ioloop.http-client.proxy.host=proxy", "ioloop.http-client.proxy.port=0")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("ioloop.http-client.proxy.host"));
        runner.withPropertyValues("ioloop.http-client.proxy.host=proxy", "ioloop.http-client.proxy.user=ada")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("ioloop.http-client.proxy.user")
                        .hasMessageContaining("go together"));
        runner.withPropertyValues("spring.http.clients.cookie-handling=enable")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("spring.http.clients.cookie-handling"));
    }

    @Test
    void doesNotStartWhenItCannotTellWhichFilterCounts() {
        runner.withBean("one", InetAddressFilter.class, InetAddressFilter::externalAddresses)
                .withBean("two", InetAddressFilter.class, InetAddressFilter::all)
                .run(context -> assertThat(context).hasFailed());
    }

    @Test
    void connectsWhereItsOwnFilterAllowsWhateverBootsSays() {
        runner.withBean(InetAddressFilter.class, InetAddressFilter::externalAddresses)
                .withBean(AddressFilter.class, () -> address -> true)
                .run(context -> assertThat(options.get().connection().addressFilter())
                        .isSameAs(context.getBean(AddressFilter.class)));
    }

    @Test
    void givesWayToTheApplicationsOwnClient() {
        AsyncHttpClient own = mock();
        runner.withBean(AsyncHttpClient.class, () -> own)
                .run(context ->
                        assertThat(context.getBean(AsyncHttpClient.class)).isSameAs(own));
    }

    @Test
    void staysBesideAClientForOneUseOnly() {
        runner.withUserConfiguration(SpecialClient.class)
                .run(context -> assertThat(context).hasBean("ioLoopHttpClient").hasBean("special"));
    }

    @Test
    void endsBeforeTheLoop() {
        runner.run(context -> assertThat(
                        context.getSourceApplicationContext().getBeanFactory().getDependentBeans("ioLoop"))
                .contains("ioLoopHttpClient"));
    }

    record Quote(String symbol, double price) {}

    @Configuration(proxyBeanMethods = false)
    static class SpecialClient {

        @Bean(defaultCandidate = false)
        AsyncHttpClient special() {
            return mock();
        }
    }
}
