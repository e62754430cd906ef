! The peer of the benchmark `kmeans`.
!   kmeans M N K TURNS CLASS.npy
! The points are columns, and lie one after the other, as is best for Fortran. Their values are those of an
! array of M rows and N columns that counts up along its rows.
program kmeans
  use, intrinsic :: iso_fortran_env, only: int64, real64
  use peer
  implicit none
  integer :: m, n, k, turns, i, j, repeat
  real(real64), allocatable :: points(:, :), centres(:, :), seconds(:)
  integer(int64), allocatable :: classes(:), first(:)
  real(real64) :: begin, start

  m = number(1)
  n = number(2)
  k = number(3)
  turns = number(4)
  allocate(points(m, n), centres(m, k), classes(n))
  do j = 1, n
    do i = 1, m
      points(i, j) = real(i - 1, real64) * n + (j - 1)
    end do
  end do
  repeat = int(setting('BENCH_REPEAT', 5.0_real64))
  allocate(seconds(0))
  begin = now()
  do i = 1, repeat
    if (i > 1 .and. now() - begin >= setting('BENCH_BUDGET', 1.0_real64)) exit
    start = now()
    call cluster()
    seconds = [seconds, now() - start]
    if (i == 1) first = classes
  end do
  call report(seconds)
  call save_integers(argument(5), first)

contains

  subroutine cluster()
    integer(int64) :: newer(n)
    integer :: made, c
    do c = 1, k
      centres(:, c) = points(:, (c - 1) * (n - 1) / (k - 1) + 1)
    end do
    call assign(classes)
    do made = 2, turns
      call move_centres()
      call assign(newer)
      if (all(newer == classes)) exit
      classes = newer
    end do
  end subroutine

  ! The class of each point: the centre at the least distance, of equals the first.
  subroutine assign(class)
    integer(int64), intent(out) :: class(n)
    real(real64) :: distance, least
    integer :: p, c
    !$omp parallel do private(distance, least, c) schedule(static)
    do p = 1, n
      least = huge(least)
      do c = 1, k
        distance = sum((points(:, p) - centres(:, c))**2)
        if (distance < least) then
          least = distance
          class(p) = c - 1
        end if
      end do
    end do
  end subroutine

  subroutine move_centres()
    real(real64) :: sums(m, k)
    integer :: counts(k), p, c
    sums = 0
    counts = 0
    do p = 1, n
      c = int(classes(p)) + 1
      sums(:, c) = sums(:, c) + points(:, p)
      counts(c) = counts(c) + 1
    end do
    do c = 1, k
      if (counts(c) > 0) centres(:, c) = sums(:, c) / counts(c)
    end do
  end subroutine
end program
