package dev.asyncloop.spring.slice;

import static dev.asyncloop.Async.yieldNow;

import dev.asyncloop.spring.Coroutine;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Part of the slice. */
@Coroutine
@RestControllerAdvice
class BoardAdvice {

    @ExceptionHandler
    @ResponseStatus(HttpStatus.NOT_FOUND)
    String unknown(IllegalArgumentException failure) {
        yieldNow();
        return "no " + failure.getMessage();
    }
}
