package dev.asyncloop.demo;

import java.util.List;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.reactive.result.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebInputException;
import reactor.core.publisher.Mono;

/** Answers errors with a problem detail, and says what a body should look like. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {

    @Override
    protected Mono<ResponseEntity<Object>> handleServerWebInputException(
            ServerWebInputException ex, HttpHeaders headers, HttpStatusCode status, ServerWebExchange exchange) {
        MethodParameter parameter = ex.getMethodParameter();
        if (parameter != null && parameter.hasParameterAnnotation(RequestBody.class)) {
            ex.setDetail("The body is not the JSON expected here; send " + example(parameter));
        }
        return super.handleServerWebInputException(ex, headers, status, exchange);
    }

    private static String example(MethodParameter body) {
        return body.getParameterType() == List.class
                ? "[\"https://example.org/\", \"https://example.com/\"]"
                : "{\"url\": \"https://example.org/\"}";
    }
}
