/* stick.c: see stick.h. The first controller's left stick or cross is stick A with buttons A and B
 * (south and east); a second controller is stick B, else the first one's right stick and its other
 * two buttons are. */
#include "frontend/stick.h"

#include <stdio.h>

u8 stick_axis(int v)
{
    return (u8)((v + 32768) >> 8);
}

#ifndef HAVE_SDL

Stick *stick_open(char *why, size_t size)
{
    snprintf(why, size,
             "this build is without SDL; install libsdl2-dev and rebuild, or use "
             "-joystick keys");
    return NULL;
}

void stick_poll(Stick *s, Input *in)
{
}

void stick_close(Stick *s)
{
}

#else

#include "frontend/pace.h"

#include <SDL.h>
#include <stdlib.h>

enum { CONTROLLERS = 2, LOOK_NS = 1000000000, DEAD = 3000 };

struct Stick {
    SDL_GameController *pad[CONTROLLERS];
    u64 looked;
};

Stick *stick_open(char *why, size_t size)
{
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    SDL_SetHint(SDL_HINT_JOYSTICK_ALLOW_BACKGROUND_EVENTS, "1");
    if (SDL_InitSubSystem(SDL_INIT_GAMECONTROLLER)) {
        snprintf(why, size, "SDL cannot look for game controllers (%s)", SDL_GetError());
        return NULL;
    }
    Stick *s = calloc(1, sizeof *s);
    if (!s)
        panic("out of host memory");
    return s;
}

static bool is_open(const Stick *s, SDL_JoystickID id)
{
    for (int i = 0; i < CONTROLLERS; i++)
        if (s->pad[i] && SDL_JoystickInstanceID(SDL_GameControllerGetJoystick(s->pad[i])) == id)
            return true;
    return false;
}

/* Lets go of what was unplugged, takes what was plugged in. */
static void look(Stick *s)
{
    for (int i = 0; i < CONTROLLERS; i++) {
        if (s->pad[i] && !SDL_GameControllerGetAttached(s->pad[i])) {
            SDL_GameControllerClose(s->pad[i]);
            s->pad[i] = NULL;
        }
        for (int n = 0; !s->pad[i] && n < SDL_NumJoysticks(); n++)
            if (SDL_IsGameController(n) && !is_open(s, SDL_JoystickGetDeviceInstanceID(n)))
                s->pad[i] = SDL_GameControllerOpen(n);
    }
}

static u8 axis(SDL_GameController *pad, SDL_GameControllerAxis a, SDL_GameControllerButton less,
               SDL_GameControllerButton more)
{
    int v = SDL_GameControllerGetAxis(pad, a);
    if (SDL_GameControllerGetButton(pad, less))
        v = -32768;
    if (SDL_GameControllerGetButton(pad, more))
        v = 32767;
    return stick_axis(v > -DEAD && v < DEAD ? 0 : v);
}

static u8 buttons(SDL_GameController *pad, SDL_GameControllerButton a, SDL_GameControllerButton b)
{
    return (u8)(SDL_GameControllerGetButton(pad, a) | SDL_GameControllerGetButton(pad, b) << 1);
}

static void left_half(SDL_GameController *pad, JoystickInput *in, int stick)
{
    in->axis[stick * 2] = axis(pad, SDL_CONTROLLER_AXIS_LEFTX, SDL_CONTROLLER_BUTTON_DPAD_LEFT,
                               SDL_CONTROLLER_BUTTON_DPAD_RIGHT);
    in->axis[stick * 2 + 1] = axis(pad, SDL_CONTROLLER_AXIS_LEFTY, SDL_CONTROLLER_BUTTON_DPAD_UP,
                                   SDL_CONTROLLER_BUTTON_DPAD_DOWN);
    in->buttons |=
        (u8)(buttons(pad, SDL_CONTROLLER_BUTTON_A, SDL_CONTROLLER_BUTTON_B) << stick * 2);
    in->absent &= (u8) ~(3 << stick * 2);
}

static void right_half(SDL_GameController *pad, JoystickInput *in)
{
    const SDL_GameControllerButton none = SDL_CONTROLLER_BUTTON_INVALID;
    in->axis[2] = axis(pad, SDL_CONTROLLER_AXIS_RIGHTX, none, none);
    in->axis[3] = axis(pad, SDL_CONTROLLER_AXIS_RIGHTY, none, none);
    in->buttons |= (u8)(buttons(pad, SDL_CONTROLLER_BUTTON_X, SDL_CONTROLLER_BUTTON_Y) << 2);
    in->absent = 0;
}

void stick_poll(Stick *s, Input *in)
{
    if (!s)
        return;
    u64 ns = host_ns();
    if (ns - s->looked > LOOK_NS) {
        s->looked = ns;
        look(s);
    }
    SDL_GameControllerUpdate();
    JoystickInput now = {{128, 128, 128, 128}, 0, 0xF};
    for (int i = 0; i < CONTROLLERS; i++)
        if (s->pad[i])
            left_half(s->pad[i], &now, i);
    if (s->pad[0] && !s->pad[1])
        right_half(s->pad[0], &now);
    input_joystick(in, &now);
}

void stick_close(Stick *s)
{
    if (!s)
        return;
    for (int i = 0; i < CONTROLLERS; i++)
        if (s->pad[i])
            SDL_GameControllerClose(s->pad[i]);
    SDL_QuitSubSystem(SDL_INIT_GAMECONTROLLER);
    free(s);
}

#endif
