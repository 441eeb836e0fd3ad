package dev.asyncloop.demo;

import dev.asyncloop.IOLoop;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.HttpClientOptions;
import java.net.InetAddress;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Two clients. The starter's own fetches what users ask for, behind the filter here. The built-in endpoints are on
 * loopback, and a filter sees addresses but no ports: to allow loopback there would open every port of this machine. So
 * they have a client that can go nowhere else, and that users' URLs never reach.
 */
@Configuration(proxyBeanMethods = false)
class HttpClients {

    /** Marks what belongs to the built-in endpoints. */
    static final String BUILT_IN = "built-in";

    @Bean
    InetAddressFilter publicAddresses(BoardProperties properties) {
        return InetAddressFilter.externalAddresses().or(properties.alsoAllowed().toArray(String[]::new));
    }

    @Bean
    Prober prober(AsyncHttpClient http, BoardProperties properties) {
        return new HttpProber(http, properties.probeTimeout(), properties.slowAfter());
    }

    /** No default candidate, so that the starter's client is there all the same. */
    @Bean(defaultCandidate = false)
    @Qualifier(BUILT_IN)
    AsyncHttpClient builtInHttpClient(IOLoop loop) {
        HttpClientOptions options = HttpClientOptions.defaults()
                .withConnection(connection -> connection.withAddressFilter(InetAddress::isLoopbackAddress))
                .withFollowRedirects(false);
        return AsyncHttpClient.create(loop, options);
    }

    @Bean(defaultCandidate = false)
    @Qualifier(BUILT_IN)
    Prober builtInProber(@Qualifier(BUILT_IN) AsyncHttpClient http, BoardProperties properties) {
        return new HttpProber(http, properties.probeTimeout(), properties.slowAfter());
    }
}
