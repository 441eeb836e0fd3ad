package dev.asyncloop.spring.web;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.Conventions;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodClassKey;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.ui.Model;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.SessionAttributes;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * The model attributes that a handler takes from the session: parameters that its controller's {@code @SessionAttributes}
 * names. WebFlux's adapter looks for them at the method that it calls, which for a coroutine is a stand-in.
 */
final class SessionAttributeParameters {

    private final Map<MethodClassKey, List<String>> names = new ConcurrentHashMap<>();

    boolean concern(HandlerMethod handler) {
        return !names(handler).isEmpty();
    }

    /** Puts into the model what is missing there; fails if it is not in the session either. */
    Mono<Void> complete(ServerWebExchange exchange, HandlerMethod handler, BindingContext binding) {
        Model model = binding.getModel();
        List<String> missing = new ArrayList<>(names(handler));
        missing.removeIf(model::containsAttribute);
        if (missing.isEmpty()) {
            return Mono.empty();
        }
        return exchange.getSession()
                .doOnNext(session ->
                        missing.forEach(name -> model.addAttribute(name, session.<Object>getRequiredAttribute(name))))
                .then();
    }

    private List<String> names(HandlerMethod handler) {
        return names.computeIfAbsent(
                new MethodClassKey(handler.getMethod(), handler.getBeanType()), key -> find(handler));
    }

    private static List<String> find(HandlerMethod handler) {
        SessionAttributes kept =
                AnnotatedElementUtils.findMergedAnnotation(handler.getBeanType(), SessionAttributes.class);
        if (kept == null) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        for (MethodParameter parameter : handler.getMethodParameters()) {
            ModelAttribute attribute = parameter.getParameterAnnotation(ModelAttribute.class);
            if (attribute != null) {
                parameter.initParameterNameDiscovery(DefaultParameterNameDiscoverer.getSharedInstance());
                String name = StringUtils.hasText(attribute.value())
                        ? attribute.value()
                        : Conventions.getVariableNameForParameter(parameter);
                if (Arrays.asList(kept.names()).contains(name)
                        || Arrays.asList(kept.types()).contains(parameter.getParameterType())) {
                    names.add(name);
                }
            }
        }
        return names;
    }
}
