import math


def rotate(point, angle, origin=(0.0, 0.0)):
    ox, oy = origin
    px, py = point
    c, s = math.cos(angle), math.sin(angle)
    return ox + c * (px - ox) - s * (py - oy), oy + s * (px - ox) + c * (py - oy)


def area(polygon):
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(polygon, polygon[1:] + polygon[:1]))) / 2


def hull(points):
    points = sorted(set(points))

    def half(ps):
        out = []
        for p in ps:
            while len(out) >= 2 and cross(out[-2], out[-1], p) <= 0:
                out.pop()
            out.append(p)
        return out[:-1]

    def cross(o, a, b):
        return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])

    return half(points) + half(reversed(points))


def lerp(a, b, t):
    return tuple(p + (q - p) * t for p, q in zip(a, b))


def quaternion(roll, pitch, yaw):
    cr, sr, cp, sp, cy, sy = (f(a / 2) for a in (roll, pitch, yaw) for f in (math.cos, math.sin))
    return (
        cr * cp * cy + sr * sp * sy,
        sr * cp * cy - cr * sp * sy,
        cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy,
    )


x, y = rotate((1, 0), math.pi / 2)
assert math.isclose(x, 0, abs_tol=1e-12) and math.isclose(y, 1)
assert area([(0, 0), (2, 0), (2, 1), (0, 1)]) == 2 and len(hull([(0, 0), (1, 0), (1, 1), (0, 1), (0.5, 0.5)])) == 4
assert lerp((0, 0, 0), (1, 2, 4), 0.25) == (0.25, 0.5, 1.0)
w, *v = quaternion(0, 0, math.pi)
assert abs(w) < 1e-9 and abs(v[2] - 1) < 1e-9 and 0 <= math.degrees(math.atan2(1, 1)) < 46
