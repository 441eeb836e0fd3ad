package dev.asyncloop.spring.http;

import dev.asyncloop.http.FetchObserver;
import dev.asyncloop.http.FetchRequest;
import dev.asyncloop.http.Headers;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.observation.ClientHttpObservationDocumentation;
import org.springframework.http.client.observation.ClientRequestObservationContext;
import org.springframework.http.client.observation.ClientRequestObservationConvention;
import org.springframework.http.client.observation.DefaultClientRequestObservationConvention;

/**
 * Makes an {@code http.client.requests} observation of every request, as Spring's own clients do: with the same keys, so
 * that what is there for those (metrics, dashboards, tracing) works for this one, too.
 */
public final class ObservedFetches implements FetchObserver {

    private static final ClientRequestObservationConvention DEFAULT = new DefaultClientRequestObservationConvention();

    private final ObservationRegistry registry;

    private final ClientRequestObservationConvention convention;

    /**
     * Makes an observer.
     * @param convention names the observation and its keys
     */
    public ObservedFetches(ObservationRegistry registry, ClientRequestObservationConvention convention) {
        this.registry = registry;
        this.convention = convention;
    }

    @Override
    public Fetching begin(FetchRequest request, HeaderSink headers) {
        return begin(request, headers, registry.getCurrentObservation());
    }

    @Override
    public FetchObserver here() {
        Observation parent = registry.getCurrentObservation();
        return (request, headers) -> begin(request, headers, parent);
    }

    private Fetching begin(FetchRequest request, HeaderSink headers, @Nullable Observation parent) {
        if (registry.isNoop()) {
            return Fetching.UNSEEN;
        }
        ObservedRequest observed = new ObservedRequest(request);
        ClientRequestObservationContext context = new ClientRequestObservationContext(observed);
        context.setUriTemplate(request.uriTemplate());
        Observation observation = ClientHttpObservationDocumentation.HTTP_CLIENT_EXCHANGES
                .observation(convention, DEFAULT, () -> context, registry)
                .parentObservation(parent)
                .start();
        observed.added().forEach((name, values) -> headers.set(name, values.getLast()));
        return new Observed(observation, context);
    }

    private record Observed(Observation observation, ClientRequestObservationContext context) implements Fetching {

        @Override
        public void responded(int status, Headers headers) {
            HttpHeaders received = new HttpHeaders();
            headers.entries().forEach(header -> received.add(header.getKey(), header.getValue()));
            context.setResponse(new ObservedResponse(status, received));
        }

        @Override
        public void ended(@Nullable Throwable failure) {
            if (failure != null) {
                observation.error(failure);
            }
            observation.stop();
        }
    }
}
