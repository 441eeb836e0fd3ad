package dev.asyncloop.demo;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** There is no such watch: 404. */
class UnknownWatchException extends ErrorResponseException {

    UnknownWatchException(String id) {
        super(
                HttpStatus.NOT_FOUND,
                ProblemDetail.forStatusAndDetail(
                        HttpStatus.NOT_FOUND,
                        "There is no watch with the id \"" + id + "\"; GET /api/watches lists those there are"),
                null);
    }
}
