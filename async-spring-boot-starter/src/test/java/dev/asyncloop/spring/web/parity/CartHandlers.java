package dev.asyncloop.spring.web.parity;

import dev.asyncloop.Async;
import dev.asyncloop.spring.Coroutine;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.SessionAttributes;
import org.springframework.web.bind.support.SessionStatus;

/** A model attribute that lives in the session. */
abstract class CartHandlers {

    @Controller
    @RequestMapping("/react/carts")
    @SessionAttributes("cart")
    static class Reactive extends CartHandlers {}

    @Coroutine
    @Controller
    @RequestMapping("/await/carts")
    @SessionAttributes("cart")
    static class Coroutines extends CartHandlers {}

    private static String page() {
        if (Async.inCoroutine()) {
            Async.yieldNow();
        }
        return "page";
    }

    @GetMapping("/new")
    String begin(Model model) {
        model.addAttribute("cart", "cart of Ada");
        return page();
    }

    @GetMapping
    String show(@ModelAttribute("cart") String cart, Model model) {
        model.addAttribute("shown", cart);
        return page();
    }

    @GetMapping("/end")
    String end(@ModelAttribute("cart") String cart, SessionStatus status) {
        status.setComplete();
        return page();
    }
}
